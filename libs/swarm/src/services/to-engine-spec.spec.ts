import { capabilitiesOf } from '../connection/api-version';
import { type ServiceSpec } from './service-spec';
import { toEngineSpec } from './to-engine-spec';
import { thrownBy } from '../test-matchers';

const MIB = 1024 ** 2;

const smallest: ServiceSpec = { name: 'odoo-acme', labels: {}, image: 'odoo:17' };

const whole: ServiceSpec = {
  name: 'odoo-acme-0190a1b2',
  labels: { 'saasodoo.instance.id': '0190a1b2' },
  containerLabels: { 'saasodoo.instance.id': '0190a1b2' },
  image: 'odoo:17',
  command: ['odoo'],
  args: ['--workers=0'],
  environment: { HOST: 'postgres', PORT: '5432' },
  hostname: 'acme',
  workingDirectory: '/var/lib/odoo',
  secrets: [
    { secretId: 'secret-id', secretName: 'odoo-acme-pg', target: 'pg', uid: '101', gid: '102', mode: 0o440 },
  ],
  mounts: [
    { type: 'bind', source: '/srv/acme', target: '/var/lib/odoo' },
    { type: 'tmpfs', target: '/tmp', sizeBytes: 256 * MIB },
  ],
  networks: ['network-id'],
  limits: { cpus: 1.5, memoryBytes: 512 * MIB, pids: 512 },
  reservations: { cpus: 0.1, memoryBytes: 256 * MIB },
  healthCheck: {
    test: ['CMD', 'odoo-probe'],
    intervalMs: 15_000,
    timeoutMs: 5_000,
    retries: 4,
    startPeriodMs: 300_000,
    startIntervalMs: 2_000,
  },
  stopGracePeriodMs: 45_000,
  stopSignal: 'SIGTERM',
  init: true,
  user: '101:102',
  capabilitiesDrop: ['ALL'],
  capabilitiesAdd: ['CHOWN'],
  noNewPrivileges: true,
  readOnly: true,
  restartPolicy: { condition: 'on-failure', delayMs: 1_000, maxAttempts: 2 },
  constraints: ['node.labels.saasodoo.tenants==true'],
  maxReplicasPerNode: 1,
  endpointMode: 'vip',
  revision: 3,
  logDriver: { name: 'local' },
  replicas: 0,
};

describe('toEngineSpec', () => {
  it('spells every field of a whole spec for an engine that knows all of them', () => {
    expect(toEngineSpec(whole, capabilitiesOf('1.44'))).toMatchSnapshot();
  });

  it('spells every field of the smallest spec too', () => {
    expect(toEngineSpec(smallest, capabilitiesOf('1.41'))).toMatchSnapshot();
  });

  it('keeps from an old engine what it does not know', () => {
    const { ContainerSpec } = toEngineSpec(whole, capabilitiesOf('1.41')).TaskTemplate;
    expect(ContainerSpec).not.toHaveProperty('Privileges');
    expect(ContainerSpec['Healthcheck']).not.toHaveProperty('StartInterval');
  });

  it("switches the image's own health check off when told to", () => {
    const { ContainerSpec } = toEngineSpec(
      { ...smallest, healthCheck: 'none' },
      capabilitiesOf('1.41'),
    ).TaskTemplate;
    expect(ContainerSpec['Healthcheck']).toEqual({ Test: ['NONE'] });
  });

  it.each(['', 'a'.repeat(64), '-acme', 'acme-', 'ac_me', 'acme.example'])('refuses the name %p', (name) => {
    expect(thrownBy(() => toEngineSpec({ ...smallest, name }, capabilitiesOf('1.41')))).toMatchObject({
      code: 'swarm.name_malformed',
    });
  });

  it('refuses a stop that Swarm would not wait for', () => {
    expect(
      thrownBy(() => toEngineSpec({ ...smallest, stopGracePeriodMs: 60_000 }, capabilitiesOf('1.41'))),
    ).toMatchObject({ code: 'swarm.stop_grace_too_long' });
  });
});
