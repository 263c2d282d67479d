import { AppError } from '@saasodoo/kernel';

/** The broker refused this very message: trying others may still work. */
export const UNROUTABLE = 'messaging.unroutable';
export const REFUSED = 'messaging.refused';

/** Whether the failure is the message's own rather than the broker's absence. */
export function isMessageFault(error: unknown): boolean {
  return error instanceof AppError && (error.code === UNROUTABLE || error.code === REFUSED);
}

export function unroutable(type: string, exchange: string, reason: string): AppError {
  return AppError.retryable(UNROUTABLE, `no queue took ${type} from ${exchange}: ${reason}`, {
    hint: 'Load infrastructure/rabbitmq/definitions.json into the broker.',
    facts: { type, exchange },
  });
}

export function refused(type: string, cause: unknown): AppError {
  return AppError.retryable(REFUSED, `the broker refused ${type}`, {
    cause,
    hint: 'A queue that is full refuses new messages: look at its depth and its consumers.',
    facts: { type },
  });
}

export function brokerUnavailable(reason: string, cause?: unknown): AppError {
  return AppError.retryable('messaging.broker_unavailable', `the broker did not confirm: ${reason}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: 'Nothing is lost: the message stays in the outbox until the broker answers.',
  });
}
