import { isOfTheTerminated, isOwned, ownersOf, type Owners } from './owners';
import { type Thing, thingKey, type Tombstone } from './thing';

export interface ReapSettings {
  /** Nothing younger is touched: it may be in the making, its owner not yet to be seen. */
  readonly minAgeMs: number;
  /** How long a thing stays in quarantine, where it can be brought back from. */
  readonly quarantineMs: number;
  /** Most new tombstones, most quarantines and most deletions, each, in one run. */
  readonly maxPerRun: number;
}

export interface ReapInput {
  readonly now: Date;
  readonly settings: ReapSettings;
  readonly owners: Owners;
  /** Everything of the kinds that could be listed, with an owner or without. */
  readonly things: readonly Thing[];
  /** Of the same kinds: what could not be listed is not gone. */
  readonly tombstones: readonly Tombstone[];
}

export interface TombstonedThing {
  readonly thing: Thing;
  readonly tombstone: Tombstone;
}

/** Without a tombstone when that was lost; a thing that was set aside says so itself. */
export interface ReturnedThing {
  readonly thing: Thing;
  readonly tombstone: Tombstone | undefined;
}

export interface ReapPlan {
  /** Why nothing may be done. */
  readonly alarm: string | undefined;
  /** Owned by nobody, seen for the first time. */
  readonly tombstone: readonly Thing[];
  readonly quarantine: readonly TombstonedThing[];
  readonly remove: readonly TombstonedThing[];
  /** They have an owner again. */
  readonly release: readonly ReturnedThing[];
  /** Somebody else removed what they stood for. */
  readonly vanished: readonly Tombstone[];
  /** Due, and left for a later run by one of the caps. */
  readonly postponed: number;
}

/** Of what is there of a kind, at most this share gets a tombstone in one run, but at least one thing may. */
const SHARE = 0.2;

/**
 * What to do about things without an owner: a tombstone first, a quarantine when they are still without one in a later run,
 * removal when the quarantine is over. Nothing at all when the list of owners looks lost, see `whyOwnersLookLost`.
 */
export function planReap(input: ReapInput): ReapPlan {
  const alarm = whyOwnersLookLost(input);
  if (alarm !== undefined) return { ...NOTHING, alarm };
  const { owners, things, settings } = input;
  const found = matchUp(input);
  const orphans = things.filter((thing) => !isOwned(thing, owners) && !thing.isInUse);
  const newOnes = orphans.filter((thing) => !found.byThing.has(thingKey(thing)) && isOfAge(thing, input));
  const laidOut = orphans.flatMap((thing) => found.byThing.get(thingKey(thing)) ?? []);
  const due = {
    tombstone: oldestFirst(newOnes),
    quarantine: laidOut.filter((one) => mayBeQuarantined(one, input)),
    remove: laidOut.filter((one) => mayBeRemoved(one, input)),
  };
  const capped = {
    tombstone: capByShare(due.tombstone, things).slice(0, settings.maxPerRun),
    quarantine: due.quarantine.slice(0, settings.maxPerRun),
    remove: due.remove.slice(0, settings.maxPerRun),
  };
  return {
    alarm,
    ...capped,
    release: things.filter((thing) => isOwned(thing, owners)).flatMap((thing) => toRelease(thing, found)),
    vanished: found.vanished,
    postponed: count(due) - count(capped),
  };
}

/**
 * An empty list of owners is what a lost table, a wrong database or a restored backup look like. So when no instance lives,
 * everything that names one must name one that is known to be terminated.
 */
function whyOwnersLookLost({ owners, things }: ReapInput): string | undefined {
  if (owners.living.size > 0 || owners.busy.size > 0) return undefined;
  const unexplained = things.filter((thing) => !isOfTheTerminated(thing, owners));
  const claimed = unexplained.filter((thing) => ownersOf(thing, owners).length > 0);
  const suspicious = owners.terminated.size === 0 ? unexplained.filter(({ isInUse }) => !isInUse) : claimed;
  if (suspicious.length === 0) return undefined;
  const names = suspicious.slice(0, 5).map(({ kind, name }) => `${kind} ${name}`);
  return `no instance is known, while ${suspicious.length} things of this platform are there: ${names.join(', ')}`;
}

function toRelease(thing: Thing, { byThing }: MatchedUp): ReturnedThing[] {
  const tombstone = byThing.get(thingKey(thing))?.tombstone;
  return tombstone === undefined && !thing.isSetAside ? [] : [{ thing, tombstone }];
}

interface MatchedUp {
  readonly byThing: ReadonlyMap<string, TombstonedThing>;
  readonly vanished: readonly Tombstone[];
}

function matchUp({ things, tombstones }: ReapInput): MatchedUp {
  const known = new Map(things.map((thing) => [thingKey(thing), thing]));
  const byThing = new Map<string, TombstonedThing>();
  const vanished: Tombstone[] = [];
  for (const tombstone of tombstones) {
    const key = thingKey({ kind: tombstone.kind, id: tombstone.thingId });
    const thing = known.get(key);
    if (thing === undefined) vanished.push(tombstone);
    else byThing.set(key, { thing, tombstone });
  }
  return { byThing, vanished };
}

function isOfAge({ createdAt }: Thing, { now, settings }: ReapInput): boolean {
  return createdAt === undefined || now.getTime() - createdAt.getTime() >= settings.minAgeMs;
}

/** A tombstone counts for the age of what has none of its own. */
function mayBeQuarantined({ thing, tombstone }: TombstonedThing, input: ReapInput): boolean {
  if (tombstone.quarantinedAt !== undefined) return false;
  return isOfAge({ ...thing, createdAt: thing.createdAt ?? tombstone.foundAt }, input);
}

function mayBeRemoved({ tombstone }: TombstonedThing, { now, settings }: ReapInput): boolean {
  const { quarantinedAt } = tombstone;
  return quarantinedAt !== undefined && now.getTime() - quarantinedAt.getTime() >= settings.quarantineMs;
}

function capByShare(due: readonly Thing[], things: readonly Thing[]): Thing[] {
  const taken = new Map<string, number>();
  return due.filter(({ kind }) => {
    const there = things.filter((thing) => thing.kind === kind).length;
    const before = taken.get(kind) ?? 0;
    taken.set(kind, before + 1);
    return before < Math.max(1, Math.floor(there * SHARE));
  });
}

/** So that a cap leaves nothing waiting for ever. What has no age comes last. */
function oldestFirst(things: readonly Thing[]): Thing[] {
  const age = ({ createdAt }: Thing): number => createdAt?.getTime() ?? Infinity;
  return things.toSorted((one, other) => (age(one) === age(other) ? 0 : age(one) - age(other)));
}

function count(parts: Pick<ReapPlan, 'tombstone' | 'quarantine' | 'remove'>): number {
  return parts.tombstone.length + parts.quarantine.length + parts.remove.length;
}

const NOTHING: ReapPlan = {
  alarm: undefined,
  tombstone: [],
  quarantine: [],
  remove: [],
  release: [],
  vanished: [],
  postponed: 0,
};
