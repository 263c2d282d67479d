import { type SwarmTask } from './swarm-task';

/** A running task of revision 1, with what matters to a test replaced. */
export function task(overrides: Partial<SwarmTask> = {}): SwarmTask {
  return {
    id: 'task-1',
    serviceId: 'service-1',
    nodeId: 'node-1',
    desiredState: 'running',
    state: 'running',
    revision: 1,
    error: '',
    exitCode: undefined,
    containerId: undefined,
    createdAt: new Date(0),
    stateSince: new Date(0),
    addresses: {},
    reservations: { cpus: 0, memoryBytes: 0 },
    ...overrides,
  };
}
