import { Inject, Injectable, Logger } from '@nestjs/common';
import { crashPoint, systemClock, toErrorRecord } from '@saasodoo/kernel';
import { type DirectoryClaim, FinalDumps } from '@saasodoo/storage';
import { JanitorConfig } from '../app.config';
import type { Finding, KindCounts } from '../reap/finding';
import type { Owners } from '../reap/owners';
import type { ReapOrder } from '../reap/reaping.service';
import { TombstoneRepository, type TombstoneSubject } from '../reap/tombstone.repository';

export interface FinalDumpRound {
  readonly findings: readonly Finding[];
  readonly counts: KindCounts;
}

const KIND = 'final_dump';
const DAY_MS = 86_400_000;

/**
 * Final dumps of terminated instances: each gets a tombstone, which says until when it is kept, and is removed with it when
 * that time is over.
 */
@Injectable()
export class FinalDumpExpiry {
  private readonly logger = new Logger(FinalDumpExpiry.name);

  constructor(
    @Inject(FinalDumps) private readonly dumps: FinalDumps,
    @Inject(TombstoneRepository) private readonly tombstones: TombstoneRepository,
    @Inject(JanitorConfig) private readonly config: JanitorConfig,
  ) {}

  async run(owners: Owners, order: ReapOrder): Promise<FinalDumpRound> {
    const ours = (await this.dumps.list()).filter(({ platform }) => platform === this.config.PLATFORM_NAME);
    const expired = ours.filter((dump) => this.isExpired(dump, owners));
    const findings: Finding[] = [];
    if (!order.dryRun) await this.keepTombstones(ours);
    for (const dump of expired.slice(0, this.config.JANITOR_MAX_PER_RUN)) {
      order.signal.throwIfAborted();
      findings.push(await this.expire(dump, order));
    }
    return { findings, counts: countsOf(ours.length, expired.length, findings) };
  }

  /** One for each dump; those of dumps that are gone are closed, also when a crash came between the two. */
  private async keepTombstones(dumps: readonly DirectoryClaim[]): Promise<void> {
    const open = await this.tombstones.open([KIND]);
    const [there, known] = [new Set(dumps.map(idOf)), new Set(open.map(({ thingId }) => thingId))];
    for (const dump of dumps.filter((one) => !known.has(idOf(one)))) {
      await this.tombstones.add(this.subject(dump));
    }
    for (const { id } of open.filter(({ thingId }) => !there.has(thingId))) {
      await this.tombstones.markDeleted(id);
    }
  }

  /** A dump in the making belongs to a termination that is under way. */
  private isExpired({ instanceId, since }: DirectoryClaim, { living, busy }: Owners): boolean {
    if (living.has(instanceId) || busy.has(instanceId)) return false;
    const { FINAL_DUMP_DAYS, JANITOR_MIN_AGE_S } = this.config;
    const keptMs = Math.max(FINAL_DUMP_DAYS * DAY_MS, JANITOR_MIN_AGE_S * 1_000);
    return systemClock.now().getTime() - since.getTime() >= keptMs;
  }

  private async expire(dump: DirectoryClaim, { dryRun }: ReapOrder): Promise<Finding> {
    const { name, instanceId } = dump;
    const reason = `it was kept for ${this.config.FINAL_DUMP_DAYS} days`;
    const finding = {
      ...{ action: 'remove' as const, kind: KIND, id: idOf(dump), name, owner_id: instanceId },
      reason,
    };
    if (dryRun) return { ...finding, error: null };
    try {
      await this.dumps.remove(name, instanceId);
      crashPoint('janitor.dump-removed');
      await this.closeTombstones(dump);
      this.logger.log(`remove ${KIND} ${name}: ${reason}`);
      return { ...finding, error: null };
    } catch (error) {
      this.logger.warn(`the final dump ${name} stays: ${toErrorRecord(error).message}`);
      return { ...finding, error: toErrorRecord(error) };
    }
  }

  private async closeTombstones(dump: DirectoryClaim): Promise<void> {
    const open = await this.tombstones.open([KIND]);
    const own = open.filter(({ thingId }) => thingId === idOf(dump));
    for (const { id } of own) await this.tombstones.markDeleted(id);
  }

  private subject(dump: DirectoryClaim): TombstoneSubject {
    const { name, instanceId, platform = '', since } = dump;
    const until = new Date(since.getTime() + this.config.FINAL_DUMP_DAYS * DAY_MS);
    return {
      kind: KIND,
      id: idOf(dump),
      name,
      labels: { platform },
      ownerId: instanceId,
      sizeBytes: undefined,
      reason: `kept of a terminated instance until ${until.toISOString()}`,
    };
  }
}

function idOf({ name, instanceId }: DirectoryClaim): string {
  return `${name}#${instanceId}`;
}

function countsOf(there: number, unowned: number, findings: readonly Finding[]): KindCounts {
  const remove = findings.filter(({ error }) => error === null).length;
  const failed = findings.length - remove;
  return { there, unowned, tombstone: 0, quarantine: 0, remove, release: 0, failed };
}
