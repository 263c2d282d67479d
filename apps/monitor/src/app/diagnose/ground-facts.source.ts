import { Injectable } from '@nestjs/common';
import { ObservationRepository } from '@saasodoo/instances/data-access';
import { type Instance, internalUrl } from '@saasodoo/instances/domain';
import { OdooClient } from '@saasodoo/odoo';
import type { SwarmTask } from '@saasodoo/swarm';
import { MonitorConfig } from '../app.config';
import { Watchers } from '../observe/watchers';
import { DatabaseCheck } from './database-check';
import type { DiagnosisFacts, HttpFact } from './diagnosis-facts';
import { DirectoryCheck } from './directory-check';

type GroundFacts = Pick<DiagnosisFacts, 'database' | 'directory' | 'http' | 'image' | 'startMs'>;

const ASK_WITHIN_MS = 3_000;

/** What is known of an instance outside Swarm: its database, its directory, its image, and whether it answers. */
@Injectable()
export class GroundFactsSource {
  constructor(
    private readonly databases: DatabaseCheck,
    private readonly directories: DirectoryCheck,
    private readonly odoo: OdooClient,
    private readonly watchers: Watchers,
    private readonly observations: ObservationRepository,
    private readonly config: MonitorConfig,
  ) {}

  async gather(instance: Instance, running: SwarmTask | undefined): Promise<GroundFacts> {
    const [database, directory, http] = await Promise.all([
      this.databases.look(instance),
      this.directories.look(instance),
      this.ask(instance, running),
    ]);
    const { image } = instance.odooImage ?? this.config.ODOO_IMAGES[instance.odooVersion] ?? {};
    const startMs = this.config.MONITOR_START_MS;
    return { database, directory, http, startMs, ...(image === undefined ? {} : { image }) };
  }

  private async ask(instance: Instance, running: SwarmTask | undefined): Promise<HttpFact> {
    if (running === undefined) return { asked: false, answeredBefore: false };
    const url = instance.internalUrl ?? internalUrl(instance.serviceName);
    const path = this.watchers.healthPath(instance.odooVersion);
    const [status, answeredBefore] = await Promise.all([
      this.odoo.probe(url, path, { timeoutMs: ASK_WITHIN_MS }),
      this.hasAnswered(instance.id, running.id),
    ]);
    return { asked: true, answeredBefore, ...(status === undefined ? {} : { status }) };
  }

  /** As whoever observes has noted it, which may be another process. */
  private async hasAnswered(instanceId: string, taskId: string): Promise<boolean> {
    const seen = await this.observations.find(instanceId);
    return seen?.task?.id === taskId && (seen.healthy === 'true' || seen.reason === 'NotAnswering');
  }
}
