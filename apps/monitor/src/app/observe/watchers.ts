import { Injectable } from '@nestjs/common';
import type { NewObservation, WatchedInstance } from '@saasodoo/instances/domain';
import { imageProfile } from '@saasodoo/odoo';
import { MonitorConfig } from '../app.config';
import { type EndedTask, EndedTasks } from './ended-tasks';
import { isWorthJudging } from './judge-instance';
import type { ProbeTarget } from './probe-target';
import { Probes } from './probes';
import { UsageSamples } from './usage-samples';

/** In every version of Odoo. */
const ANY_PATH = '/web/login';

export interface Watched {
  readonly found: readonly NewObservation[];
  readonly ended: readonly EndedTask[];
  /** Called when what was asked beside the passes has changed. */
  readonly onNews: () => void;
}

/** What is asked beside the passes, of one instance at a time: HTTP answers, usage, logs of tasks that ended. */
@Injectable()
export class Watchers {
  constructor(
    readonly probes: Probes,
    readonly usage: UsageSamples,
    readonly ended: EndedTasks,
    private readonly config: MonitorConfig,
  ) {}

  /** Begins what is due after a pass; answers how many calls of the engine that takes. */
  async watch(instances: readonly WatchedInstance[], { found, ended, onNews }: Watched): Promise<number> {
    const running = new Map(found.filter(isRunning).map((one) => [one.instanceId, one]));
    this.probes.ask(
      instances.flatMap((instance) => this.targetOf(instance, running.get(instance.id)) ?? []),
      onNews,
    );
    const containers = [...running].flatMap(([id, { task }]): [string, string][] =>
      task?.containerId === undefined ? [] : [[id, task.containerId]],
    );
    return this.usage.next(new Map(containers)) + (await this.ended.keep(ended));
  }

  async stop(): Promise<void> {
    await Promise.all([this.probes.stop(), this.usage.stop(), this.ended.stop()]);
  }

  /** The path that answers without a login. */
  healthPath(version: string): string {
    const image = this.config.ODOO_IMAGES[version];
    return image === undefined ? ANY_PATH : imageProfile(image.profile, version).healthPath;
  }

  private targetOf(instance: WatchedInstance, seen: NewObservation | undefined): ProbeTarget | undefined {
    const { id: instanceId, internalUrl, odooVersion } = instance;
    if (seen?.task === undefined || !isWorthJudging(instance) || internalUrl === undefined) return undefined;
    return { instanceId, taskId: seen.task.id, baseUrl: internalUrl, path: this.healthPath(odooVersion) };
  }
}

function isRunning({ task }: NewObservation): boolean {
  return task?.state === 'running';
}
