import { type SwarmNode } from './swarm-node';

/** A worker that is up, with what matters to a test replaced. */
export function node(overrides: Partial<SwarmNode> = {}): SwarmNode {
  return {
    id: 'node-1',
    hostname: 'alpha',
    role: 'worker',
    state: 'ready',
    availability: 'active',
    address: '10.0.0.1',
    labels: { zone: 'a' },
    engineLabels: { disk: 'ssd' },
    cpus: 2,
    memoryBytes: 1_000,
    operatingSystem: 'linux',
    architecture: 'x86_64',
    ...overrides,
  };
}
