import { defineCommand, defineEvent } from '@saasodoo/contracts';
import { ContractRegistry } from '@saasodoo/contracts';
import { IsInt, IsString } from 'class-validator';

/** Contracts of the tests alone: app `scribe` writes notes down, app `reader` must see every one written. */
export class NotePayload {
  @IsInt()
  number!: number;

  @IsString()
  text!: string;
}

export const WriteNote = defineCommand({
  name: 'note.write',
  version: 1,
  owner: 'scribe',
  payload: NotePayload,
});
export const NoteWritten = defineEvent({
  name: 'note.written',
  version: 1,
  payload: NotePayload,
  subscribers: ['reader'],
});
export const NoteSeen = defineEvent({ name: 'note.seen', version: 1, payload: NotePayload });

export const noteContracts = new ContractRegistry([WriteNote, NoteWritten, NoteSeen]);
