import { toErrorRecord } from '@saasodoo/kernel';

/** Why a run did nothing; `code` tells one episode from another. */
export interface Alarm {
  readonly code: 'janitor.owners_empty' | 'janitor.owners_unreadable';
  readonly message: string;
}

export function ownersEmpty(why: string): Alarm {
  return { code: 'janitor.owners_empty', message: why };
}

export function ownersUnreadable(error: unknown): Alarm {
  return {
    code: 'janitor.owners_unreadable',
    message: `the list of instances cannot be read, so nothing is looked at: ${toErrorRecord(error).message}`,
  };
}
