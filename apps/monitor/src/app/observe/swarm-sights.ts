import type { WatchedInstance } from '@saasodoo/instances/domain';
import {
  INSTANCE_ID_LABEL,
  JOB_ID_LABEL,
  type SwarmService,
  type SwarmSnapshot,
  type SwarmTask,
} from '@saasodoo/swarm';

/** What a snapshot shows, by whom it belongs to. */
export class SwarmSights {
  private readonly services = new Map<string, SwarmService>();
  private readonly tasks = new Map<string, SwarmTask[]>();

  constructor(snapshot: Pick<SwarmSnapshot, 'services' | 'tasks'>) {
    for (const service of snapshot.services) {
      const owner = service.labels[INSTANCE_ID_LABEL];
      if (owner !== undefined && !(JOB_ID_LABEL in service.labels)) this.services.set(owner, service);
    }
    for (const task of snapshot.tasks) {
      const others = this.tasks.get(task.serviceId);
      if (others === undefined) this.tasks.set(task.serviceId, [task]);
      else others.push(task);
    }
  }

  /** The instance's service by its label; its tasks also when it is gone and they are not. */
  of({ id, serviceId }: Pick<WatchedInstance, 'id' | 'serviceId'>): {
    readonly service: SwarmService | undefined;
    readonly tasks: readonly SwarmTask[];
  } {
    const service = this.services.get(id);
    return { service, tasks: this.tasks.get(service?.id ?? serviceId ?? '') ?? [] };
  }
}
