import type { WatchedInstance } from '@saasodoo/instances/domain';
import type { SwarmNode, SwarmService, SwarmTask } from '@saasodoo/swarm';

/** When the tests look. */
export const NOW = new Date('2026-01-01T12:00:00Z');

export function ago(seconds: number): Date {
  return new Date(NOW.getTime() - seconds * 1000);
}

export function instance(change: Partial<WatchedInstance> = {}): WatchedInstance {
  return {
    id: '019b0000-0000-7000-8000-000000000001',
    status: 'running',
    desiredState: 'running',
    generation: 1,
    odooVersion: '17.0',
    serviceName: 'odoo-acme-019b0000',
    serviceId: 'service-1',
    internalUrl: 'http://odoo-acme-019b0000:8069',
    ...change,
  };
}

export function service(change: Partial<SwarmService> = {}): SwarmService {
  return {
    id: 'service-1',
    name: 'odoo-acme-019b0000',
    labels: { 'saasodoo.instance.id': instance().id },
    image: 'odoo:17.0',
    replicas: 1,
    revision: 1,
    fingerprint: 'f',
    endpointMode: 'dnsrr',
    networkIds: ['network-1'],
    secretNames: ['secret-1'],
    bindSources: ['/storage/acme'],
    limits: { cpus: 1, memoryBytes: 1024 ** 3 },
    reservations: { cpus: 0.05, memoryBytes: 256 * 1024 ** 2 },
    constraints: ['node.labels.saasodoo.tenants==true'],
    createdAt: ago(3_600),
    updatedAt: ago(3_600),
    ...change,
  };
}

/** One that has run for an hour. */
export function task(change: Partial<SwarmTask> = {}): SwarmTask {
  return {
    id: 'task-1',
    serviceId: 'service-1',
    nodeId: 'node-1',
    desiredState: 'running',
    state: 'running',
    revision: 1,
    error: '',
    exitCode: undefined,
    containerId: 'container-1',
    createdAt: ago(3_600),
    stateSince: ago(3_600),
    addresses: {},
    reservations: { cpus: 0.05, memoryBytes: 256 * 1024 ** 2 },
    ...change,
  };
}

/** One that failed so many seconds ago. */
export function failedTask(seconds: number, error: string, change: Partial<SwarmTask> = {}): SwarmTask {
  return task({
    id: `failed-${seconds}`,
    state: 'failed',
    desiredState: 'shutdown',
    error,
    exitCode: 1,
    createdAt: ago(seconds + 1),
    stateSince: ago(seconds),
    ...change,
  });
}

/** One that waits for something since a minute. */
export function waitingTask(state: SwarmTask['state'], error: string): SwarmTask {
  return task({
    id: 'waiting',
    state,
    error,
    nodeId: undefined,
    containerId: undefined,
    createdAt: ago(60),
    stateSince: ago(60),
  });
}

export function node(change: Partial<SwarmNode> = {}): SwarmNode {
  return {
    id: 'node-1',
    hostname: 'first',
    role: 'manager',
    state: 'ready',
    availability: 'active',
    address: '10.0.0.1',
    labels: { 'saasodoo.tenants': 'true' },
    engineLabels: {},
    cpus: 4,
    memoryBytes: 8 * 1024 ** 3,
    operatingSystem: 'linux',
    architecture: 'x86_64',
    ...change,
  };
}
