import { AppError, isUuid } from '@saasodoo/kernel';
import { type DeadLetterPlace, deadLetterPlaces } from './dead-letter';

export interface DeadLetterKey {
  readonly place: DeadLetterPlace;
  readonly holder: string;
  readonly messageId: string;
}

const SHAPE = /^([a-z]+):([^:]*):([^:]+)$/;

/** Throws `dead_letter.unknown`: what is no id names no message. */
export function parseDeadLetterId(id: string): DeadLetterKey {
  const [, name, holder, messageId] = SHAPE.exec(id) ?? [];
  const place = deadLetterPlaces.find((known) => known === name);
  if (place === undefined || holder === undefined || messageId === undefined || !isUuid(messageId)) {
    throw deadLetterUnknown(id);
  }
  return { place, holder, messageId };
}

export function deadLetterUnknown(id: string): AppError {
  return AppError.terminal('dead_letter.unknown', `no message is parked as '${id.slice(0, 200)}'`, {
    httpStatus: 404,
    hint: 'List the parked messages: it may have been sent again already.',
  });
}
