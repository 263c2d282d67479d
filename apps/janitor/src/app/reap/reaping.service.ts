import { Inject, Injectable, Logger } from '@nestjs/common';
import { AppError, crashPoint, systemClock, toErrorRecord } from '@saasodoo/kernel';
import { type Alarm, ownersEmpty } from '../runs/alarm';
import { JanitorConfig } from '../app.config';
import type { Finding, KindCounts, ReapAction } from './finding';
import { isOfTheTerminated, isOwned, type Owners } from './owners';
import { OwnersRepository } from './owners.repository';
import { planReap, type ReapPlan, type ReturnedThing, type TombstonedThing } from './reap-policy';
import type { Reaper } from './reaper';
import { REAPERS } from '../reapers/reapers.provider';
import type { Thing, ThingKind, Tombstone } from './thing';
import { TombstoneRepository } from './tombstone.repository';

export interface ReapOrder {
  readonly dryRun: boolean;
  /** Aborts when another janitor may have taken over. */
  readonly signal: AbortSignal;
}

export interface Reaping {
  readonly alarm: Alarm | undefined;
  readonly owners: Owners;
  readonly findings: readonly Finding[];
  readonly kinds: Readonly<Record<string, KindCounts>>;
  readonly postponed: number;
}

interface Listing {
  readonly things: readonly Thing[];
  readonly readable: readonly ThingKind[];
  readonly findings: readonly Finding[];
}

/** Finds what nobody owns and deals with it by `planReap`. What fails is left for the next run. */
@Injectable()
export class ReapingService {
  private readonly logger = new Logger(ReapingService.name);
  private readonly byKind: ReadonlyMap<ThingKind, Reaper>;

  constructor(
    @Inject(REAPERS) private readonly reapers: readonly Reaper[],
    @Inject(OwnersRepository) private readonly owners: OwnersRepository,
    @Inject(TombstoneRepository) private readonly tombstones: TombstoneRepository,
    @Inject(JanitorConfig) private readonly config: JanitorConfig,
  ) {
    this.byKind = new Map(reapers.map((reaper) => [reaper.kind, reaper]));
  }

  /** Throws when the owners cannot be read. */
  async run(order: ReapOrder): Promise<Reaping> {
    // Things first: what is made while the owners are read then has no chance to look unowned.
    const { things, readable, findings } = await this.list();
    const owners = await this.owners.read();
    const tombstones = await this.tombstones.open(readable);
    const plan = planReap({ now: systemClock.now(), settings: this.settings(), owners, things, tombstones });
    const done = await this.carryOut(plan, owners, order);
    const all = [...findings, ...done];
    return {
      alarm: plan.alarm === undefined ? undefined : ownersEmpty(plan.alarm),
      owners,
      findings: all,
      kinds: Object.fromEntries(readable.map((kind) => [kind, countKind(kind, { things, owners, all })])),
      postponed: plan.postponed,
    };
  }

  private settings() {
    const { JANITOR_MIN_AGE_S, JANITOR_QUARANTINE_S, JANITOR_MAX_PER_RUN } = this.config;
    return {
      minAgeMs: JANITOR_MIN_AGE_S * 1_000,
      quarantineMs: JANITOR_QUARANTINE_S * 1_000,
      maxPerRun: JANITOR_MAX_PER_RUN,
    };
  }

  private async list(): Promise<Listing> {
    const things: Thing[] = [];
    const readable: ThingKind[] = [];
    const findings: Finding[] = [];
    for (const reaper of this.reapers) {
      const { kind } = reaper;
      try {
        things.push(...(await reaper.list()));
        readable.push(kind);
      } catch (error) {
        findings.push({
          ...{ action: 'list', kind, id: '', name: '', owner_id: null },
          reason: 'nothing of this kind was looked at',
          error: toErrorRecord(error),
        });
        this.logger.warn(`things of kind ${kind} cannot be listed: ${toErrorRecord(error).message}`);
      }
    }
    return { things, readable, findings };
  }

  /** Bringing back comes first, removing last. */
  private async carryOut(plan: ReapPlan, owners: Owners, order: ReapOrder): Promise<Finding[]> {
    const findings: Finding[] = [];
    const act = async (action: ReapAction, thing: Thing, work: () => Promise<void>): Promise<void> => {
      order.signal.throwIfAborted();
      findings.push(
        await this.attempt({ action, thing, reason: reasonOf(action, thing, owners) }, work, order),
      );
    };
    for (const one of plan.release) await act('release', one.thing, () => this.release(one));
    for (const tombstone of plan.vanished) {
      await act('vanished', asThing(tombstone), () => this.tombstones.markDeleted(tombstone.id));
    }
    for (const thing of plan.tombstone) await act('tombstone', thing, () => this.layOut(thing, owners));
    for (const one of plan.quarantine) await act('quarantine', one.thing, () => this.quarantine(one));
    for (const one of plan.remove) await act('remove', one.thing, () => this.remove(one));
    return findings;
  }

  private async attempt(
    { action, thing, reason }: { action: ReapAction; thing: Thing; reason: string },
    work: () => Promise<void>,
    { dryRun }: ReapOrder,
  ): Promise<Finding> {
    const { kind, id, name, ownerId } = thing;
    const finding = { action, kind, id, name, owner_id: ownerId ?? null, reason };
    if (dryRun) return { ...finding, error: null };
    try {
      await work();
      this.logger.log(`${action} ${kind} ${name}: ${reason}`);
      return { ...finding, error: null };
    } catch (error) {
      this.logger.warn(`${action} ${kind} ${name} failed: ${toErrorRecord(error).message}`);
      return { ...finding, error: toErrorRecord(error) };
    }
  }

  private async layOut(thing: Thing, owners: Owners): Promise<void> {
    const sizeBytes = await this.reaperOf(thing).measure?.(thing);
    await this.tombstones.add({ ...thing, reason: whyUnowned(thing, owners), sizeBytes });
    crashPoint('janitor.laid-out');
  }

  private async quarantine({ thing, tombstone }: TombstonedThing): Promise<void> {
    await this.requireUnowned(thing);
    await this.reaperOf(thing).quarantine(thing);
    crashPoint('janitor.quarantined');
    await this.tombstones.markQuarantined(tombstone.id);
  }

  private async remove({ thing, tombstone }: TombstonedThing): Promise<void> {
    await this.requireUnowned(thing);
    crashPoint('janitor.removing');
    await this.reaperOf(thing).remove(thing);
    crashPoint('janitor.removed');
    await this.tombstones.markDeleted(tombstone.id);
  }

  private async release({ thing, tombstone }: ReturnedThing): Promise<void> {
    // Also when no quarantine is on record: a crash may have come between the two.
    await this.reaperOf(thing).release(thing);
    crashPoint('janitor.released');
    if (tombstone !== undefined) await this.tombstones.remove(tombstone.id);
  }

  /** Time has passed since the plan was made: owner and mark are looked at again, right before acting. */
  private async requireUnowned(planned: Thing): Promise<void> {
    const thing = await this.reaperOf(planned).find(planned);
    const owners = await this.owners.read();
    const ownersAreThere = owners.living.size > 0 || isOfTheTerminated(planned, owners);
    if (thing === undefined || thing.isInUse || isOwned(thing, owners) || !ownersAreThere)
      throw changed(planned);
  }

  private reaperOf({ kind }: Thing): Reaper {
    const reaper = this.byKind.get(kind);
    if (reaper !== undefined) return reaper;
    throw AppError.terminal('janitor.kind_unknown', `nobody reaps things of kind ${kind}`);
  }
}

function changed({ kind, name }: Thing): AppError {
  return AppError.retryable(
    'janitor.thing_changed',
    `${kind} ${name} is not what it was when it was listed`,
    {
      hint: 'It is looked at again in the next run.',
    },
  );
}

function asThing({ kind, thingId, name, ownerId }: Tombstone): Thing {
  return {
    ...{ kind, id: thingId, name, ownerId, ownerRole: undefined, labels: {} },
    ...{ isTransient: false, isInUse: false, isSetAside: false, createdAt: undefined },
  };
}

function reasonOf(action: ReapAction, thing: Thing, owners: Owners): string {
  if (action === 'vanished') return 'somebody else removed it';
  return action === 'release' ? 'it has an owner again' : whyUnowned(thing, owners);
}

function whyUnowned(thing: Thing, owners: Owners): string {
  if (thing.isTransient) return 'no operation is under way that needs it';
  if (thing.ownerId === undefined) return 'no instance has it';
  return isOfTheTerminated(thing, owners)
    ? `its instance ${thing.ownerId} is terminated`
    : `there is no instance ${thing.ownerId}`;
}

interface Counted {
  readonly things: readonly Thing[];
  readonly owners: Owners;
  readonly all: readonly Finding[];
}

function countKind(kind: ThingKind, { things, owners, all }: Counted): KindCounts {
  const there = things.filter((thing) => thing.kind === kind);
  const findings = all.filter((finding) => finding.kind === kind);
  const done = (action: ReapAction): number =>
    findings.filter((finding) => finding.action === action && finding.error === null).length;
  return {
    there: there.length,
    unowned: there.filter((thing) => !isOwned(thing, owners)).length,
    tombstone: done('tombstone'),
    quarantine: done('quarantine'),
    remove: done('remove'),
    release: done('release'),
    failed: findings.filter(({ error }) => error !== null).length,
  };
}
