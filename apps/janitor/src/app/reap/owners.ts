import type { Thing } from './thing';

/** The instances as they were at one moment, as far as ownership goes. */
export interface Owners {
  /** Not terminated. */
  readonly living: ReadonlySet<string>;
  /** Terminated, and known to be. */
  readonly terminated: ReadonlySet<string>;
  /** With an operation that has not ended: they own everything that names them, whatever their status. */
  readonly busy: ReadonlySet<string>;
  /** Whose database role it is, also of those that are terminated. */
  readonly byRole: ReadonlyMap<string, string>;
}

/** The instances that a thing may belong to: the one its mark names, and the one whose role it has. Mostly the same. */
export function ownersOf({ ownerId, ownerRole }: Thing, { byRole }: Owners): string[] {
  const byItsRole = ownerRole === undefined ? undefined : byRole.get(ownerRole);
  return [ownerId, byItsRole].filter((owner) => owner !== undefined);
}

export function isOwned(thing: Thing, owners: Owners): boolean {
  const { busy, living } = owners;
  return ownersOf(thing, owners).some(
    (owner) => busy.has(owner) || (!thing.isTransient && living.has(owner)),
  );
}

/** Whether it is known what became of its owner: it was terminated, and does not live under another name. */
export function isOfTheTerminated(thing: Thing, owners: Owners): boolean {
  const claims = ownersOf(thing, owners);
  return claims.length > 0 && claims.every((owner) => owners.terminated.has(owner));
}
