import type { MessageHandlerMethod } from '@saasodoo/messaging';
import type { NotePayload } from './note.contract';

/** What the app `scribe` does with a note. */
export const writeDown: MessageHandlerMethod<NotePayload> = async ({ number, text }, { em }) => {
  await em.query('INSERT INTO note (number, text) VALUES ($1, $2)', [number, text]);
};
