import { Injectable } from '@nestjs/common';
import {
  InstanceDegraded,
  type InstanceHealthPayload,
  InstanceObserved,
  InstanceRecovered,
} from '@saasodoo/contracts';
import {
  type ObservationPass,
  ObservationRepository,
  type RecordedChange,
} from '@saasodoo/instances/data-access';
import { Outbox } from '@saasodoo/messaging';
import { runInTransaction } from '@saasodoo/persistence';
import { DataSource, type EntityManager } from 'typeorm';

/** Stores what a pass saw anew, in one transaction with the events that tell of it. */
@Injectable()
export class ObservationWriter {
  constructor(
    private readonly observations: ObservationRepository,
    private readonly outbox: Outbox,
    private readonly dataSource: DataSource,
  ) {}

  /** Throws `observation.outdated` when somebody else has stored a later pass. */
  async write(pass: ObservationPass): Promise<void> {
    const changes = await runInTransaction(this.dataSource, async (em) => {
      const recorded = await this.observations.record(em, pass);
      for (const change of recorded) await this.tell(em, change);
      return recorded;
    });
    if (changes.length > 0) this.outbox.wake();
  }

  private async tell(em: EntityManager, change: RecordedChange): Promise<void> {
    const { instanceId, previous, healthy } = change;
    const payload = payloadOf(change);
    const meta = { subject: instanceId };
    await this.outbox.append(em, InstanceObserved, payload, meta);
    if (previous === 'true' && healthy === 'false')
      await this.outbox.append(em, InstanceDegraded, payload, meta);
    if (previous === 'false' && healthy === 'true')
      await this.outbox.append(em, InstanceRecovered, payload, meta);
  }
}

function payloadOf({
  instanceId,
  sequence,
  healthy,
  reason,
  message,
}: RecordedChange): InstanceHealthPayload {
  return { instance_id: instanceId, sequence, healthy, reason, message };
}
