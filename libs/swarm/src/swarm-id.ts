import { AppError } from '@saasodoo/kernel';

const SWARM_ID = /^[0-9a-z]{25}$/;

/**
 * Lets only whole ids through. The engine takes a prefix for an id and acts on whoever it finds, so a shortened id or a
 * name must never reach it. Throws `swarm.id_malformed`.
 */
export function swarmId(id: string): string {
  if (SWARM_ID.test(id)) return id;
  throw AppError.terminal('swarm.id_malformed', `'${id}' is not the id of anything in a Swarm`, {
    hint: 'Give the whole id, 25 characters; look a name up with getByName.',
    facts: { id },
  });
}
