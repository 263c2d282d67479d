import { spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { testLabels, testRunId } from './test-run';

/** A Ceph of this test run alone. */
export interface TestCeph {
  /** Mounted with all capabilities, as the platform's own services have it. */
  readonly platform: string;
  /** The same files, mounted without the right to set quotas or take snapshots, as the nodes have it for tenants. */
  readonly tenants: string;
  /** Runs a program among its daemons, such as `ceph` or `pkill`. Throws when it fails. */
  exec(...command: string[]): string;
  /** Runs `npm run ceph -- …` for this cluster. Throws when it fails. */
  script(...args: string[]): string;
  /** SIGKILL for the client behind a mount that `script('mount', …)` made. */
  kill(mount: string): void;
}

const NAME = `t-${testRunId}`;
const CONTAINER = `saasodoo-ceph-${NAME}`;
const SCRIPT = ['infrastructure/scripts/bootstrap.mjs', 'ceph/cli.ts'];
const START_WITHIN_MS = 600_000;

/**
 * Tests that need a real CephFS: it is started by the first file that asks and removed when the run ends. Where none can be
 * had they are skipped and it is said why; in CI that is a failure.
 */
export function describeOnCeph(title: string, body: (ceph: TestCeph) => void): void {
  const reason = whyNot() ?? start();
  if (reason === undefined) {
    describe(title, () => body(ceph));
  } else if (process.env['CI'] === 'true') {
    test(`${title}: needs a CephFS`, () => {
      throw new Error(`there is none: ${reason}`);
    });
  } else {
    process.stderr.write(`\n!!! SKIPPED: '${title}' needs a CephFS, and there is none: ${reason}\n\n`);
    describe.skip(title, () => body(ceph));
  }
}

const ceph: TestCeph = {
  platform: `/var/lib/saasodoo-ceph/${NAME}/platform`,
  tenants: `/var/lib/saasodoo-ceph/${NAME}/tenants`,
  exec: (...command) => run('docker', ['exec', CONTAINER, ...command]),
  script: (...args) => run(process.execPath, [...SCRIPT, ...args, '--name', NAME]),
  kill: (mount) => void run('docker', ['kill', `${CONTAINER}-at-${mount}`]),
};

function whyNot(): string | undefined {
  if (process.platform !== 'linux' || process.getuid?.() !== 0)
    return 'tests see its mount as root on Linux only';
  return existsSync('/dev/fuse') ? undefined : 'this machine has no /dev/fuse';
}

function start(): string | undefined {
  const isNew = spawnSync('docker', ['inspect', CONTAINER]).status !== 0;
  const labels = Object.entries(testLabels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
  const args = [...SCRIPT, 'up', '--name', NAME, ...labels];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    timeout: START_WITHIN_MS,
  });
  if (isNew) removeAfterRun();
  return status === 0 ? undefined : `it could not be started:\n${stdout}${stderr}`;
}

/** However the run ends. */
function removeAfterRun(): void {
  const remove = [process.execPath, ...SCRIPT, 'down', '--purge', '--name', NAME].join(' ');
  const script = `while kill -0 ${parseInt(testRunId, 10)} 2>/dev/null; do sleep 1; done; ${remove}`;
  spawn('sh', ['-c', script], { detached: true, stdio: 'ignore' }).unref();
}

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: START_WITHIN_MS });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: ${stdout}${stderr}`);
  return stdout;
}
