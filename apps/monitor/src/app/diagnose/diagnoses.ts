import { Injectable } from '@nestjs/common';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { systemClock } from '@saasodoo/kernel';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { type Operation, yields } from '@saasodoo/operations/domain';
import { DataSource } from 'typeorm';
import { diagnose } from './diagnose';
import type { Diagnosis } from './diagnosis';
import type { OperationFact } from './diagnosis-facts';
import { GroundFactsSource } from './ground-facts.source';
import { SwarmFactsSource } from './swarm-facts.source';
import { runningTask } from './task-facts';

/** Asks everybody who knows something of an instance, and says what is wrong with it. */
@Injectable()
export class Diagnoses {
  constructor(
    private readonly instances: InstanceRepository,
    private readonly operations: OperationRepository,
    private readonly swarm: SwarmFactsSource,
    private readonly ground: GroundFactsSource,
    private readonly dataSource: DataSource,
  ) {}

  /** Throws `instance.not_found`, and `swarm.…` when the engine cannot be asked. */
  async of(instanceId: string): Promise<Diagnosis> {
    const instance = await this.instances.get(instanceId);
    const checkedAt = systemClock.now();
    const [operations, swarm] = await Promise.all([
      this.operations.openFor(this.dataSource.manager, instanceId),
      this.swarm.gather(instance),
    ]);
    const running = runningTask({ ...swarm, checkedAt });
    const ground = await this.ground.gather(instance, running);
    // One that gives way to all others explains nothing.
    const open = operations.find((one) => !yields(one));
    const operation = open === undefined ? {} : { operation: operationFact(open) };
    return diagnose({ instance, ...operation, ...swarm, ...ground, checkedAt });
  }
}

function operationFact({ id, kind, status, steps, error }: Operation): OperationFact {
  const step =
    steps.find((one) => one.status === 'running' || one.status === 'failed') ??
    steps.find((one) => one.status === 'pending' && one.error !== undefined);
  const why = step?.error?.message ?? error?.message;
  return {
    ...{ id, kind, status },
    ...(step === undefined ? {} : { step: step.name }),
    ...(step?.progress === undefined ? {} : { progress: step.progress }),
    ...(why === undefined ? {} : { error: why }),
  };
}
