import { imageProfile } from './image-profile';
import { initJob, type InitJobOptions, TEMPLATE } from './init-job';

const options: InitJobOptions = {
  name: 'init-01234567',
  jobId: 'job-1',
  image: 'odoo:17.0',
  profile: imageProfile('official', '17.0'),
  config: { secretId: 'secret-1', secretName: 'init-conf' },
  networkId: 'network-1',
  limits: { cpus: 1, memoryBytes: 1024 ** 3 },
  endpointMode: 'dnsrr',
  databaseName: 'shop',
  dataDirectory: '/srv/shop',
};

describe('initJob', () => {
  it('initialises once, without demo data, on the files of the instance', () => {
    expect(initJob(options)).toMatchObject({
      command: ['odoo'],
      args: ['-d', 'shop', '-i', 'base', '--no-http', '--stop-after-init', '--without-demo=all'],
      mounts: [
        { type: 'bind', source: '/srv/shop', target: '/var/lib/odoo' },
        { type: 'tmpfs', target: '/mnt/extra-addons' },
      ],
      restartPolicy: { condition: 'none' },
      healthCheck: 'none',
      labels: { 'saasodoo.managed': 'true', 'saasodoo.job.id': 'job-1' },
      environment: { ODOO_RC: '/run/secrets/odoo.conf' },
    });
  });

  it('keeps the demo data and loads a language when asked to', () => {
    expect(initJob({ ...options, demoData: true, language: 'pt_BR' }).args).toEqual([
      ...['-d', 'shop', '-i', 'base', '--no-http', '--stop-after-init'],
      '--load-language=pt_BR',
    ]);
  });

  it('puts the files of a template into its database and leaves none on the node', () => {
    const { command, args, mounts } = initJob({ ...options, dataDirectory: TEMPLATE });
    expect(command.slice(0, 2)).toEqual(['sh', '-c']);
    expect(command.at(-1)).toBe('odoo');
    expect(args).toContain('--data-dir=/tmp/odoo');
    expect(mounts.map(({ type, target }) => `${type} ${target}`)).toEqual([
      'tmpfs /var/lib/odoo',
      'tmpfs /mnt/extra-addons',
    ]);
  });

  it.each(['german', 'de-DE', '--init=all', ''])('refuses %j as a language', (language) => {
    expect(() => initJob({ ...options, language })).toThrow(
      expect.objectContaining({ code: 'odoo.language_malformed' }) as Error,
    );
  });
});
