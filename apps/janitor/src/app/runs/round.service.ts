import { Inject, Injectable, Logger } from '@nestjs/common';
import { toErrorRecord } from '@saasodoo/kernel';
import { ParkedQueues } from '@saasodoo/messaging';
import { FinalDumpExpiry } from '../final-dumps/final-dump-expiry.service';
import { type Housekeeping, HousekeepingService } from '../housekeeping/housekeeping.service';
import type { Finding, FindingAction, KindCounts } from '../reap/finding';
import type { Owners } from '../reap/owners';
import { type Reaping, type ReapOrder, ReapingService } from '../reap/reaping.service';
import { type Alarm, ownersUnreadable } from './alarm';
import type { RunReport } from './run-report';

export type Outcome = Pick<RunReport, 'alarm' | 'counts' | 'findings'>;

interface Part {
  readonly findings: readonly Finding[];
  readonly kinds?: Readonly<Record<string, KindCounts>>;
  readonly collected?: number;
}

/** All that one run does, in order. An alarm leaves everything else undone. */
@Injectable()
export class RoundService {
  private readonly logger = new Logger(RoundService.name);

  constructor(
    @Inject(ReapingService) private readonly reaping: ReapingService,
    @Inject(FinalDumpExpiry) private readonly finalDumps: FinalDumpExpiry,
    @Inject(HousekeepingService) private readonly housekeeping: HousekeepingService,
    @Inject(ParkedQueues) private readonly parkedQueues: ParkedQueues,
  ) {}

  /** Throws when it is called off. */
  async run(order: ReapOrder): Promise<Outcome> {
    let reaping: Reaping;
    try {
      reaping = await this.reaping.run(order);
    } catch (error) {
      order.signal.throwIfAborted();
      return nothingDone(ownersUnreadable(error));
    }
    const { alarm, kinds, findings, postponed, owners } = reaping;
    if (alarm !== undefined) return nothingDone(alarm, { kinds, findings });
    const dumps = await this.expireDumps(owners, order);
    const letters = order.dryRun ? NO_PART : await this.collectDeadLetters(order);
    const house = order.dryRun ? NOT_KEPT : await this.housekeeping.run(order.signal);
    return {
      alarm: null,
      counts: {
        kinds: { ...kinds, ...dumps.kinds },
        postponed,
        pruned: house.pruned,
        dead_letters_collected: letters.collected ?? 0,
      },
      findings: [...findings, ...dumps.findings, ...letters.findings, ...house.findings],
    };
  }

  private async expireDumps(owners: Owners, order: ReapOrder): Promise<Part> {
    return this.part('list', 'final_dump', order, async () => {
      const { findings, counts } = await this.finalDumps.run(owners, order);
      return { findings, kinds: { final_dump: counts } };
    });
  }

  private async collectDeadLetters(order: ReapOrder): Promise<Part> {
    return this.part('collect', 'dead_letter', order, async () => ({
      findings: [],
      collected: await this.parkedQueues.collect(),
    }));
  }

  /** What fails is reported, and is no reason to leave out the rest. */
  private async part(
    action: FindingAction,
    kind: string,
    { signal }: ReapOrder,
    work: () => Promise<Part>,
  ): Promise<Part> {
    try {
      return await work();
    } catch (error) {
      signal.throwIfAborted();
      this.logger.warn(`${action} ${kind} failed: ${toErrorRecord(error).message}`);
      const what = { action, kind, id: '', name: kind, owner_id: null, reason: 'left for the next run' };
      return { findings: [{ ...what, error: toErrorRecord(error) }] };
    }
  }
}

const NO_PART: Part = { findings: [] };
const NOT_KEPT: Housekeeping = { pruned: {}, findings: [] };

export function nothingDone(
  alarm: Alarm,
  { kinds = {}, findings = [] }: Partial<Pick<Reaping, 'kinds' | 'findings'>> = {},
): Outcome {
  return { alarm, counts: { kinds, postponed: 0, pruned: {}, dead_letters_collected: 0 }, findings };
}
