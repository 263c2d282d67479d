/** What the janitor can find without an owner. */
export const thingKinds = [
  'service',
  'job',
  'secret',
  'network',
  'database',
  'template',
  'role',
  'directory',
] as const;
export type ThingKind = (typeof thingKinds)[number];

/** Something outside PostgreSQL that carries the mark of this platform. */
export interface Thing {
  readonly kind: ThingKind;
  /** Names it where it is; what is made anew under an old name is another thing. */
  readonly id: string;
  readonly name: string;
  /** Its mark, whatever form that has there. */
  readonly labels: Readonly<Record<string, string>>;
  /** The instance that its mark names. */
  readonly ownerId: string | undefined;
  /** The database role that it belongs to, or is; tells the owner where a mark does not. */
  readonly ownerRole: string | undefined;
  /** Wanted only while an operation is under way, such as the job of one. */
  readonly isTransient: boolean;
  /** Something else there needs it: it has to go first. */
  readonly isInUse: boolean;
  /** It says itself that the janitor has set it aside, whether or not there is a tombstone. */
  readonly isSetAside: boolean;
  /** `undefined` where nobody keeps it; it is then as old as its tombstone. */
  readonly createdAt: Date | undefined;
}

/** A thing without an owner, remembered; `thingId` is its id. */
export interface Tombstone {
  readonly id: string;
  readonly kind: ThingKind;
  readonly thingId: string;
  readonly name: string;
  readonly ownerId: string | undefined;
  readonly foundAt: Date;
  readonly quarantinedAt: Date | undefined;
}

/** What tells one thing from all others. */
export function thingKey({ kind, id }: Pick<Thing, 'kind' | 'id'>): string {
  return `${kind} ${id}`;
}
