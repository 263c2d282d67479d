import { imageProfile } from './image-profile';
import { upgradeJob, type UpgradeJobOptions } from './upgrade-job';

const options: UpgradeJobOptions = {
  name: 'data-upgrade-1',
  jobId: 'data-upgrade-1',
  labels: { 'saasodoo.instance.id': 'i' },
  image: 'odoo:17.0',
  profile: imageProfile('official', '17.0'),
  config: { secretId: 'secret-1', secretName: 'data-upgrade-1' },
  networkId: 'network-1',
  limits: { cpus: 1, memoryBytes: 1024 ** 3 },
  endpointMode: 'dnsrr',
  databaseName: 'staged',
  dataDirectory: '/srv/staged',
  work: { modules: ['base', 'web'] },
};

describe('upgradeJob', () => {
  it('updates the modules once, with the configuration of Odoo and the variables of the customer', () => {
    const job = upgradeJob({ ...options, customerEnvironment: { TZ: 'UTC' } });
    expect(job).toMatchObject({
      command: ['odoo'],
      args: ['-d', 'staged', '-u', 'base,web', '--no-http', '--stop-after-init'],
      environment: { TZ: 'UTC', ODOO_RC: '/run/secrets/odoo.conf' },
      mounts: [
        { type: 'bind', source: '/srv/staged', target: '/var/lib/odoo' },
        { type: 'tmpfs', target: '/mnt/extra-addons' },
      ],
      restartPolicy: { condition: 'none' },
      labels: { 'saasodoo.instance.id': 'i', 'saasodoo.job.id': 'data-upgrade-1' },
    });
  });

  it('runs a command of the image in its place', () => {
    const environment = { SAASODOO_DATABASE: 'staged' };
    const job = upgradeJob({ ...options, environment, work: { command: ['migrate', '--all'] } });
    expect(job).toMatchObject({ command: ['migrate', '--all'], args: [], environment });
  });
});
