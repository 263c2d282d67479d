import type { Thing } from './thing';

/** The instances as they were at one moment, as far as ownership goes. */
export interface Owners {
  /** Not terminated. */
  readonly living: ReadonlySet<string>;
  /** Terminated, and known to be. */
  readonly terminated: ReadonlySet<string>;
  /** With an operation that has not ended: they own everything that names them, whatever their status. */
  readonly busy: ReadonlySet<string>;
  /** Whose database role it is. */
  readonly byRole: ReadonlyMap<string, string>;
}

/** The instance that a thing belongs to, by its mark or by its role. */
export function ownerOf(thing: Thing, { byRole }: Owners): string | undefined {
  if (thing.ownerId !== undefined) return thing.ownerId;
  return thing.ownerRole === undefined ? undefined : byRole.get(thing.ownerRole);
}

export function isOwned(thing: Thing, owners: Owners): boolean {
  const owner = ownerOf(thing, owners);
  if (owner === undefined) return false;
  return owners.busy.has(owner) || (!thing.isTransient && owners.living.has(owner));
}
