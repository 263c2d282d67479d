import { Inject, Injectable, Logger } from '@nestjs/common';
import { crashPoint, toErrorRecord } from '@saasodoo/kernel';
import type { Finding } from '../reap/finding';
import type { Pruner } from './pruner';
import { PRUNERS } from './pruners.provider';

export interface Housekeeping {
  /** Rows removed, by table. */
  readonly pruned: Readonly<Record<string, number>>;
  readonly findings: readonly Finding[];
}

/** Few enough rows that nobody waits for the lock on them. */
const BATCH = 500;
/** The rest is for the next run: a backlog of months must not keep the janitor from its other work. */
const BATCHES = 100;

/** Forgets rows that nobody needs any more, table by table; what fails for one is no reason to leave out the others. */
@Injectable()
export class HousekeepingService {
  private readonly logger = new Logger(HousekeepingService.name);

  constructor(@Inject(PRUNERS) private readonly pruners: readonly Pruner[]) {}

  async run(signal: AbortSignal): Promise<Housekeeping> {
    const pruned: Record<string, number> = {};
    const findings: Finding[] = [];
    for (const { table, prune } of this.pruners) {
      signal.throwIfAborted();
      try {
        pruned[table] = await inBatches(prune, signal);
      } catch (error) {
        signal.throwIfAborted();
        this.logger.warn(`old rows of ${table} stay: ${toErrorRecord(error).message}`);
        findings.push({
          ...{ action: 'prune', kind: table, id: '', name: table, owner_id: null },
          reason: 'old rows stay',
          error: toErrorRecord(error),
        });
      }
    }
    return { pruned, findings };
  }
}

async function inBatches(prune: Pruner['prune'], signal: AbortSignal): Promise<number> {
  let total = 0;
  for (let batch = 0; batch < BATCHES && !signal.aborted; batch += 1) {
    const removed = await prune(BATCH);
    crashPoint('janitor.pruned');
    total += removed;
    if (removed < BATCH) break;
  }
  return total;
}
