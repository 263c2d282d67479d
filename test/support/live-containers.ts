import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

interface ContainerEvent {
  readonly Action: string;
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> };
}

/** Two containers of one instance at one moment: two Odoos on one database. */
export interface Overlap {
  readonly instanceId: string;
  readonly started: string;
  readonly besides: string;
}

/**
 * Follows every start and end of a container of an instance, of any site, from the moment it is made: what lived for a
 * moment between two looks is seen too.
 */
export class LiveContainers {
  private readonly live = new Map<string, Set<string>>();
  private readonly starts = new Map<string, number>();
  private readonly overlaps: Overlap[] = [];

  private constructor(private readonly stream: ChildProcess) {}

  static follow(): LiveContainers {
    const filters = ['type=container', 'event=start', 'event=die', 'label=saasodoo.instance.id'];
    const args = ['events', '--format', '{{json .}}', ...filters.flatMap((one) => ['--filter', one])];
    const stream = spawn('docker', args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const followed = new LiveContainers(stream);
    createInterface({ input: stream.stdout }).on('line', (line) =>
      followed.note(JSON.parse(line) as ContainerEvent),
    );
    return followed;
  }

  /** Those seen until now. */
  overlapsOf(instanceId: string): readonly Overlap[] {
    return this.overlaps.filter((overlap) => overlap.instanceId === instanceId);
  }

  /** How many containers of the instance have started. */
  startsOf(instanceId: string): number {
    return this.starts.get(instanceId) ?? 0;
  }

  close(): void {
    this.stream.kill();
  }

  private note({ Action, Actor: { ID, Attributes } }: ContainerEvent): void {
    const instanceId = Attributes['saasodoo.instance.id'];
    // One-off jobs of an instance's creation are no Odoo that serves.
    if (instanceId === undefined || 'saasodoo.job.id' in Attributes) return;
    const live = this.live.get(instanceId) ?? new Set();
    this.live.set(instanceId, live);
    if (Action === 'die') live.delete(ID);
    if (Action !== 'start') return;
    for (const besides of live) this.overlaps.push({ instanceId, started: ID, besides });
    this.starts.set(instanceId, this.startsOf(instanceId) + 1);
    live.add(ID);
  }
}
