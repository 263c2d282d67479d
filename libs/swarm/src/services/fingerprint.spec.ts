import { capabilitiesOf } from '../connection/api-version';
import { type EngineSpec } from './engine-spec';
import { fingerprint } from './fingerprint';
import { type ServiceSpec } from './service-spec';
import { toEngineSpec } from './to-engine-spec';

const MIB = 1024 ** 2;

const odoo: ServiceSpec = {
  name: 'odoo-acme',
  labels: { 'saasodoo.instance.id': 'one' },
  image: 'odoo:17',
  environment: { HOST: 'postgres', PORT: '5432' },
  mounts: [{ type: 'bind', source: '/srv/acme', target: '/var/lib/odoo' }],
  secrets: [{ secretId: 'secret-1', secretName: 'pg-v1', target: 'pg' }],
  networks: ['network-1'],
  limits: { cpus: 1, memoryBytes: 512 * MIB },
  reservations: { memoryBytes: 128 * MIB },
  constraints: ['node.labels.tenants==true'],
  revision: 1,
};

const spelled = (changes: Partial<ServiceSpec> = {}): EngineSpec =>
  toEngineSpec({ ...odoo, ...changes }, capabilitiesOf('1.44'));
const of = (changes: Partial<ServiceSpec> = {}): string => fingerprint(spelled(changes));

/** The same value with its keys in the opposite order, at every depth. */
const reversed = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(reversed);
  const entries = Object.entries(value).map(([key, field]) => [key, reversed(field)] as const);
  return Object.fromEntries(entries.reverse());
};

describe('fingerprint', () => {
  it('is 32 hexadecimal digits, the same for the same spec', () => {
    expect(of()).toMatch(/^[0-9a-f]{32}$/);
    expect(of()).toBe(of());
  });

  it('minds neither the order of keys nor fields without content', () => {
    expect(fingerprint(reversed(spelled()) as EngineSpec)).toBe(of());
    const { TaskTemplate: template, ...rest } = spelled();
    const untidy = {
      ...template,
      Runtime: undefined,
      Placement: { ...(template['Placement'] as object), X: {} },
    };
    expect(fingerprint({ ...rest, TaskTemplate: untidy, Stray: 1 })).toBe(of());
  });

  it.each<[string, Partial<ServiceSpec>]>([
    ['revision', { revision: 9 }],
    ['labels of the service', { labels: { 'saasodoo.instance.id': 'one', 'saasodoo.generation': '4' } }],
    ['number of replicas', { replicas: 0 }],
    ['name', { name: 'odoo-other' }],
  ])('does not count the %s', (_what, changes) => {
    expect(of(changes)).toBe(of());
  });

  it.each<[string, Partial<ServiceSpec>]>([
    ['image', { image: 'odoo:18' }],
    ['environment', { environment: { HOST: 'postgres', PORT: '5433' } }],
    ['mounts', { mounts: [{ type: 'bind', source: '/srv/other', target: '/var/lib/odoo' }] }],
    ['write protection of a mount', { mounts: [{ ...odoo.mounts![0]!, readOnly: true } as never] }],
    ['secrets', { secrets: [{ secretId: 'secret-2', secretName: 'pg-v2', target: 'pg' }] }],
    ['networks', { networks: ['network-2'] }],
    ['limits', { limits: { cpus: 2, memoryBytes: 512 * MIB } }],
    ['reservations', { reservations: { memoryBytes: 256 * MIB } }],
    ['constraints', { constraints: [] }],
    ['labels of the container', { containerLabels: { a: 'b' } }],
    ['command', { command: ['sleep', '1'] }],
    ['endpoint', { endpointMode: 'vip' }],
  ])('counts the %s', (_what, changes) => {
    expect(of(changes)).not.toBe(of());
  });

  it('tells modes apart', () => {
    expect(fingerprint({ ...spelled(), Mode: { Global: {} } })).not.toBe(of());
  });
});
