// Starts one of the scripts beside this file: `node bootstrap.mjs demo.ts …`. It runs on any Node from 20.19 on and needs
// nothing installed: it installs node_modules (with Node 24 among it) when they are missing or not those of the lock
// file, and then hands over to Node 24, which runs TypeScript as it is.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  openSync,
  closeSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { constants } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const repository = resolve(import.meta.dirname, '../..');
const modules = join(repository, 'node_modules');
const stamp = join(modules, '.saasodoo-install');
// Not inside node_modules, which `npm ci` deletes first.
const lock = join(repository, '.saasodoo/install.lock');
const localNode = join(modules, '.bin', process.platform === 'win32' ? 'node.exe' : 'node');

/** @param {string} problem @param {string} advice @returns {never} */
function fail(problem, advice) {
  process.stderr.write(`\n${problem}\n\nWhat to do: ${advice}\n`);
  process.exit(1);
}

function wantedStamp() {
  const file = join(repository, 'package-lock.json');
  if (!existsSync(file))
    fail('package-lock.json is missing.', 'check it out again: `git checkout package-lock.json`.');
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** @param {string} wanted */
function isInstalled(wanted) {
  return existsSync(localNode) && existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === wanted;
}

/** `pid.start-time`: numbers are used again after a restart of the machine or container, together with their start never. */
function identity(/** @type {number} */ pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return `${pid}.${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return `${pid}.unknown`;
  }
}

/** @param {string} owner */
function isAlive(owner) {
  const pid = Number.parseInt(owner, 10);
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: somebody else's process, but a living one.
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false;
  }
  return identity(pid) === owner;
}

/** Two commands started at once must not install into the same folder; a lock left by a dead process is taken over. */
async function takeLock() {
  mkdirSync(join(repository, '.saasodoo'), { recursive: true });
  for (let told = false; ;) {
    try {
      const file = openSync(lock, 'wx');
      writeSync(file, identity(process.pid));
      closeSync(file);
      return;
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    await sleep(300);
    const owner = existsSync(lock) ? readFileSync(lock, 'utf8') : '';
    if (!isAlive(owner)) rmSync(lock, { force: true });
    else if (!told)
      process.stdout.write(`Waiting for process ${Number.parseInt(owner, 10)}, which installs.\n`);
    told = true;
  }
}

/** npm runs on Node 24 itself, so that native add-ons are made for the version that will load them. */
function installCommand() {
  const [major = 0] = process.versions.node.split('.').map(Number);
  const npm = ['npm', 'ci', '--no-audit', '--no-fund', '--no-update-notifier'];
  return major >= 24 ? npm : ['npx', '-y', '-p', 'node@24', '--', ...npm];
}

/** @param {string[]} command @returns {Promise<{ code: number, output: string }>} */
function runQuietly([program = '', ...args]) {
  return new Promise((done) => {
    // NODE_ENV=production would leave out what building and testing need.
    const env = { ...process.env, NODE_ENV: '' };
    const child = spawn(program, args, {
      cwd: repository,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      shell: process.platform === 'win32',
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    child.on('error', (error) => done({ code: 127, output: output + error.message }));
    child.on('close', (code) => done({ code: code ?? 1, output }));
  });
}

/** @param {string} wanted */
async function install(wanted) {
  const name = 'Install the dependencies';
  const terminal = process.stdout.isTTY;
  const startedAt = Date.now();
  const time = () => `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
  process.stdout.write(`… ${name}${terminal ? '' : '\n'}`);
  const ticker = terminal
    ? setInterval(() => process.stdout.write(`\r… ${name}  ${time()}`), 500)
    : undefined;
  const { code, output } = await runQuietly(installCommand());
  clearInterval(ticker);
  const worked = code === 0 && existsSync(localNode);
  process.stdout.write(`${terminal ? '\r\u001b[0K' : ''}${worked ? '✔' : '✖'} ${name}  ${time()}\n`);
  if (worked) return writeFileSync(stamp, `${wanted}\n`);
  rmSync(lock, { force: true });
  process.stderr.write(output);
  if (code !== 0)
    fail(
      'npm could not install the dependencies.',
      'solve what npm reports above (is the npm registry reachable?) and start again.',
    );
  fail(
    'npm installed no Node 24 (the npm package `node`).',
    'allow its install script (`npm config get ignore-scripts` must say false) and start again.',
  );
}

async function ensureInstalled() {
  const wanted = wantedStamp();
  if (isInstalled(wanted)) return;
  await takeLock();
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  // Whoever held the lock before may have done the work.
  if (!isInstalled(wanted)) await install(wanted);
  process.off('exit', release);
  release();
}

/** @param {string} script @param {string[]} args */
function handOver(script, args) {
  const path = [join(modules, '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(localNode, [script, ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);
  for (const signal of signals) {
    process.on(signal, () => {
      // Ctrl+C reaches the child from the terminal already, and twice would mean "at once".
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    });
  }
  child.on('error', (error) =>
    fail(`Node 24 could not be started: ${error.message}`, 'delete node_modules and start again.'),
  );
  child.on('close', (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : (code ?? 1)));
}

const [scriptName, ...scriptArguments] = process.argv.slice(2);
if (!scriptName)
  fail('No script was named.', 'node infrastructure/scripts/bootstrap.mjs <script.ts> [arguments]');
const script = join(import.meta.dirname, scriptName);
if (!existsSync(script)) fail(`There is no script ${script}.`, 'name a file of infrastructure/scripts.');
await ensureInstalled();
handOver(script, scriptArguments);
