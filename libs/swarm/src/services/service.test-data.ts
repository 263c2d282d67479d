import { type SwarmService } from './swarm-service';

/** A service of revision 1 that should run one task, with what matters to a test replaced. */
export function service(overrides: Partial<SwarmService> = {}): SwarmService {
  return {
    id: 'service-1',
    name: 'odoo-acme',
    labels: {},
    image: 'odoo:17',
    replicas: 1,
    revision: 1,
    fingerprint: '0'.repeat(32),
    endpointMode: 'dnsrr',
    networkIds: [],
    secretNames: [],
    bindSources: [],
    limits: { cpus: 0, memoryBytes: 0 },
    reservations: { cpus: 0, memoryBytes: 0 },
    constraints: [],
    createdAt: new Date(0),
    updatedAt: new Date(0),
    ...overrides,
  };
}
