import { spawn } from 'node:child_process';
import { existsSync, openSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { installPackages, isKnownPackage } from './apt.ts';
import { engineInfo } from './docker.ts';
import type { EngineInfo } from './docker.ts';
import { SetupError } from './errors.ts';
import { withLock } from './lock.ts';
import { readTextOrNull } from './paths.ts';
import { exists, poll, run, tail, tryRun } from './process.ts';

const FOLDER = '/var/lib/saasodoo/engine';
const LOG = `${FOLDER}/dockerd.log`;
const OWN_PID = `${FOLDER}/dockerd.pid`;
const ENGINE_PID = '/var/run/docker.pid';
const CONTAINERD_SOCKET = '/run/containerd/containerd.sock';
const START_TIMEOUT_MS = 90_000;

const PACKAGES = [
  'docker.io',
  'containerd',
  'runc',
  'iptables',
  'ca-certificates',
  'debootstrap',
  'debian-archive-keyring',
];

export async function installEngine(): Promise<void> {
  if (!(await exists('dockerd'))) await installPackages(PACKAGES);
  // Debian 13 has the client in a package of its own; Debian 12 and Ubuntu ship it with the engine.
  if (!(await exists('docker')) && (await isKnownPackage('docker-cli')))
    await installPackages(['docker-cli']);
}

export async function startEngine(): Promise<EngineInfo> {
  await mkdir(FOLDER, { recursive: true });
  return withLock(`${FOLDER}/start.lock`, async () => {
    let pid: number | undefined;
    if (existsSync('/run/systemd/system')) {
      await run('systemctl', ['enable', '--now', 'docker.service']);
    } else if (!(await isStarting())) {
      await prepareKernel();
      await clearLeftovers();
      pid = await launch();
    }
    return waitForEngine(pid);
  });
}

/** Whether the engine that runs was started by these scripts, and is theirs to stop. */
export async function isOwnEngine(): Promise<boolean> {
  const pid = await pidIn(OWN_PID);
  return pid > 0 && (await programOf(pid)) === 'dockerd';
}

/** Stops the engine that these scripts started, with every container on it. */
export async function stopOwnEngine(): Promise<void> {
  const pid = await pidIn(OWN_PID);
  if (!(await isOwnEngine())) throw new Error('the engine that runs was not started by these scripts');
  process.kill(pid, 'SIGTERM');
  const gone = await poll(async () => ((await programOf(pid)) === 'dockerd' ? undefined : true), 60_000);
  if (gone === undefined) throw new Error(`dockerd (${pid}) did not stop within 60 s; see ${LOG}`);
}

async function programOf(pid: number): Promise<string> {
  return ((await readTextOrNull(`/proc/${pid}/comm`)) ?? '').trim();
}

async function pidIn(path: string): Promise<number> {
  return Number.parseInt((await readTextOrNull(path)) ?? '', 10) || 0;
}

/** A dockerd somebody else has just launched is waited for instead of being raced. */
async function isStarting(): Promise<boolean> {
  const pid = await pidIn(ENGINE_PID);
  return pid > 0 && (await programOf(pid)) === 'dockerd';
}

function somebodyListens(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket);
    probe.on('connect', () => {
      probe.destroy();
      resolve(true);
    });
    probe.on('error', () => resolve(false));
  });
}

/** After a crash or a copied disk: the engine refuses to start over a pid file whose number is alive again as another program. */
async function clearLeftovers(): Promise<void> {
  await rm(ENGINE_PID, { force: true });
  for (const pidFile of [
    '/var/run/docker/containerd/containerd.pid',
    '/run/docker/containerd/docker-containerd.pid',
  ]) {
    const pid = await pidIn(pidFile);
    if (pid > 0 && (await programOf(pid)) !== 'containerd') await rm(pidFile, { force: true });
  }
  // dockerd takes this socket's existence for a running containerd and would wait for it in vain.
  if (existsSync(CONTAINERD_SOCKET) && !(await somebodyListens(CONTAINERD_SOCKET)))
    await rm(CONTAINERD_SOCKET, { force: true });
}

/** What an init system would have done: cgroups mounted, a packet filter that works on this kernel, the modules Swarm wants. */
async function prepareKernel(): Promise<void> {
  const hasCgroups = existsSync('/sys/fs/cgroup/cgroup.controllers') || existsSync('/sys/fs/cgroup/devices');
  if (!hasCgroups) {
    await installPackages(['cgroupfs-mount']);
    await run('cgroupfs-mount', []);
  }
  // Missing modules are often built in, or (ip_vs) truly absent; the engine says so itself when it cannot live with that.
  await tryRun('modprobe', ['-a', 'overlay', 'br_netfilter', 'vxlan', 'ip_vs']);
  const nat = await tryRun('iptables', ['-t', 'nat', '-L', '-n']);
  const legacy = '/usr/sbin/iptables-legacy';
  if (nat.code !== 0 && existsSync(legacy)) await run('update-alternatives', ['--set', 'iptables', legacy]);
}

async function launch(): Promise<number> {
  const log = openSync(LOG, 'a');
  const child = spawn('dockerd', ['--log-opt', 'max-size=10m', '--log-opt', 'max-file=3'], {
    cwd: '/',
    // A session of its own: Ctrl+C in this terminal must not stop the engine and every instance with it.
    detached: true,
    stdio: ['ignore', log, log],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', () => resolve());
    child.once('error', reject);
  });
  child.unref();
  const pid = child.pid ?? 0;
  await writeFile(OWN_PID, `${pid}\n`);
  return pid;
}

async function waitForEngine(pid: number | undefined): Promise<EngineInfo> {
  const info = await poll<EngineInfo | 'dead'>(async () => {
    // One that has given up is not waited for: its log below says why.
    if (pid !== undefined && (await programOf(pid)) !== 'dockerd') return 'dead';
    return engineInfo(5_000);
  }, START_TIMEOUT_MS);
  if (info && info !== 'dead') return info;
  const log = tail((await readTextOrNull(LOG)) ?? '(no log)', 25);
  throw new SetupError(
    `The Docker engine ${info === 'dead' ? 'stopped at once' : `did not answer within ${START_TIMEOUT_MS / 1000} s`}. Its last words (${LOG}):\n${log}`,
    'solve what it reports, or start Docker in your usual way, and start again.',
  );
}
