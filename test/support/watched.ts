import { poll } from '../../infrastructure/scripts/process.ts';
import type { Customer, InstanceView } from './customer';
import { controlSql } from './leftovers';
import type { Site } from './site';
import { expectServed } from './states';

export interface HealthView {
  readonly healthy: 'true' | 'false' | 'unknown';
  readonly reason: string;
  readonly message: string;
  readonly observed_at: string | null;
  readonly stale: boolean;
}

export interface DiagnosisView {
  readonly code: string;
  readonly summary: string;
}

interface HistoryView {
  readonly changes: readonly { readonly status: string; readonly reason: string }[];
}

/** What the platform did by itself, and why. */
export interface RepairView {
  readonly kind: string;
  readonly reason: string;
  readonly status: string;
}

const PATIENCE_MS = 180_000;

/** An instance under the eyes of the monitor. */
export class Watched {
  constructor(
    private readonly site: Site,
    private readonly customer: Customer,
    readonly instance: InstanceView,
  ) {}

  get id(): string {
    return this.instance.id;
  }

  health(): Promise<HealthView> {
    return this.customer.read(`/instance/instances/${this.id}/health`);
  }

  diagnosis(): Promise<DiagnosisView> {
    return this.customer.read(`/instance/instances/${this.id}/diagnosis`);
  }

  /** How its health went, oldest first. */
  async history(): Promise<string[]> {
    const page = await this.customer.read<HistoryView>(
      `/instance/instances/${this.id}/history?page_size=100`,
    );
    return page.changes.map(({ status, reason }) => `${status} ${reason}`).reverse();
  }

  /** What the platform did about it, oldest first. */
  async repairs(): Promise<RepairView[]> {
    const rows = await controlSql(
      this.site,
      `SELECT concat_ws(' ', kind, input ->> 'reason', status) FROM operation
        WHERE instance_id = '${this.id}' AND input ->> 'requested_by' = 'reconciler' ORDER BY position`,
    );
    return rows.map((row) => {
      const [kind = '', reason = '', status = ''] = row.split(' ');
      return { kind, reason, status };
    });
  }

  /** Waits until `look` finds something. */
  async until<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
    const found = await poll(look, PATIENCE_MS, 250);
    if (found !== undefined) return found;
    const told = {
      health: await this.health(),
      history: await this.history(),
      repairs: await this.repairs(),
    };
    throw new Error(`${what} was waited for in vain: ${JSON.stringify(told)}`);
  }

  untilHealth(what: string, is: (health: HealthView) => boolean): Promise<HealthView> {
    return this.until(what, async () => {
      const health = await this.health();
      return is(health) ? health : undefined;
    });
  }

  untilHealthy(): Promise<HealthView> {
    return this.untilHealth('health', ({ healthy }) => healthy === 'true');
  }

  /** Waits for the end of a repair and for its success: the instance serves, and the monitor says so. */
  async untilRepaired(wanted: Omit<RepairView, 'status'>): Promise<void> {
    await this.until(`${wanted.kind} because of ${wanted.reason}`, async () => {
      const done = (await this.repairs()).filter(({ status }) => status === 'succeeded');
      return done.some(({ kind, reason }) => kind === wanted.kind && reason === wanted.reason)
        ? true
        : undefined;
    });
    await this.untilHealthy();
    await expectServed(this.customer, this.instance);
  }

  /** Waits for a diagnosis; an instance that is well again before it came is an error. */
  async untilDiagnosed(code: string): Promise<void> {
    let last = '';
    const found = await poll(
      async () => {
        last = (await this.diagnosis()).code;
        return last === code ? true : undefined;
      },
      PATIENCE_MS,
      100,
    );
    if (found === undefined) throw new Error(`${code} was not diagnosed; the last diagnosis was ${last}`);
  }
}
