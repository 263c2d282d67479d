import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { imageProfile } from './image-profile';
import { ENDED_BY_ITSELF, NOT_ANSWERING, probeJob, type ProbeJobOptions } from './probe-job';

const run = promisify(execFile);

const options: ProbeJobOptions = {
  name: 'data-odoo-1',
  jobId: 'data-odoo-1',
  image: 'odoo:17.0',
  profile: imageProfile('official', '17.0'),
  config: { secretId: 'secret-1', secretName: 'data-odoo-1' },
  networkId: 'network-1',
  limits: { cpus: 1, memoryBytes: 1024 ** 3 },
  endpointMode: 'dnsrr',
  labels: { 'saasodoo.instance.id': 'i' },
  dataDirectory: '/srv/staged',
  withinMs: 90_000,
};

describe('probeJob', () => {
  it('is a job that ends, reserves what an instance does, and is reached by nobody', () => {
    const job = probeJob(options);
    expect(job).toMatchObject({
      labels: { 'saasodoo.instance.id': 'i', 'saasodoo.managed': 'true', 'saasodoo.job.id': 'data-odoo-1' },
      mounts: [
        { type: 'bind', source: '/srv/staged', target: '/var/lib/odoo' },
        { type: 'tmpfs', target: '/mnt/extra-addons' },
      ],
      reservations: { cpus: 0.05, memoryBytes: 256 * 1024 ** 2 },
      restartPolicy: { condition: 'none' },
      healthCheck: 'none',
      environment: { ODOO_RC: '/run/secrets/odoo.conf' },
    });
    expect(job.args).toEqual([
      ...['8069', '90', '/web/health', '/web/login', '--', 'odoo'],
      ...['--http-interface=127.0.0.1', '--max-cron-threads=0'],
    ]);
    expect(Object.keys(job.labels).filter((label) => label.startsWith('traefik'))).toEqual([]);
  });

  it('asks once where the login page is all there is, and keeps sessions apart where they lie apart', () => {
    const profile = imageProfile('debian-14', '14.0');
    const { args, mounts } = probeJob({ ...options, profile, sessionsDirectory: '/srv/.sessions/staged' });
    expect(args.slice(0, 4)).toEqual(['8069', '90', '/web/login', '--']);
    expect(mounts).toContainEqual({
      ...{ type: 'bind', source: '/srv/.sessions/staged', target: '/var/lib/odoo/sessions' },
    });
  });
});

/** The script is run as it is, with a few lines in the place of Odoo. */
describe('the script of the job', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'saasodoo-probe-'));
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  async function freePort(): Promise<number> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    await new Promise((resolve) => server.close(resolve));
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  async function probe(odoo: string, within = '20'): Promise<{ code: number; said: string }> {
    const [port, script] = [String(await freePort()), join(folder, 'odoo.mjs')];
    await writeFile(script, odoo.replace('PORT', port));
    const [python = '', ...command] = probeJob(options).command;
    const paths = ['/web/health', '/web/login', '--', process.execPath, script];
    try {
      const { stdout } = await run(python, [...command, port, within, ...paths]);
      return { code: 0, said: stdout };
    } catch (error) {
      const { code, stdout } = error as { code: number; stdout: string };
      return { code, said: stdout };
    }
  }

  const serving = (answer: string): string =>
    `import { createServer } from 'node:http';
     createServer((asked, reply) => { ${answer} }).listen(PORT, '127.0.0.1');`;

  it('ends with 0 once both have answered, also by way of a redirection', async () => {
    const odoo = serving(`
      if (asked.url === '/web/login') reply.writeHead(303, { location: '/somewhere' });
      reply.end();`);
    expect(await probe(odoo)).toEqual({
      code: 0,
      said: '/web/health answered 200\n/web/login answered 200\n',
    });
  });

  it('says what the last answer was when that was not what it should be', async () => {
    const odoo = serving(`reply.writeHead(asked.url === '/web/login' ? 500 : 200); reply.end();`);
    const { code, said } = await probe(odoo, '1.5');
    expect([code, said]).toEqual([NOT_ANSWERING, '/web/health answered 200\n/web/login: 500\n']);
  });

  it('does not wait for an Odoo that has ended', async () => {
    const { code, said } = await probe('process.exit(3);', '300');
    expect([code, said]).toEqual([ENDED_BY_ITSELF, '/web/health: Odoo ended with 3\n']);
  });
});
