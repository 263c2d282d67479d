import { createHash } from 'node:crypto';
import { cp, link, mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { Catalogue, Fallback } from './catalogue.ts';
import { ensureDebianBase } from './debian-base.ts';
import type { DebianSuite } from './debian-base.ts';
import { docker, localImage } from './docker.ts';
import { SetupError } from './errors.ts';
import { inRepository, inState } from './paths.ts';
import { exists, run } from './process.ts';
import type { Note } from './progress.ts';
import { pull } from './registry.ts';

export const HASH_LABEL = 'saasodoo.image.hash';

export interface BuildRequest {
  readonly tag: string;
  readonly context: string;
  readonly dockerfile?: string;
  readonly hash: string;
  readonly args: Readonly<Record<string, string>>;
  readonly fresh?: boolean;
}

/** One number for everything a folder holds: names, contents and nothing that differs between two checkouts. */
export async function hashFolder(folder: string): Promise<string> {
  const hash = createHash('sha256');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  for (const file of files) {
    hash
      .update(relative(folder, file))
      .update('\0')
      .update(await readFile(file))
      .update('\0');
  }
  return hash.digest('hex');
}

export function hashOf(...parts: readonly string[]): string {
  return createHash('sha256').update(parts.join('\n')).digest('hex');
}

/** The classic builder: it is in every engine, while buildx is a plug-in that distributions leave out. */
export async function buildImage(request: BuildRequest, note: Note): Promise<void> {
  const labels = { 'saasodoo.managed': 'true', [HASH_LABEL]: request.hash };
  const options = [
    ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...Object.entries(request.args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
    ...(request.dockerfile ? ['--file', request.dockerfile] : []),
    ...(request.fresh ? ['--no-cache'] : []),
  ];
  await docker(
    ['build', '--network', 'host', '--force-rm', '--tag', request.tag, ...options, request.context],
    {
      env: { DOCKER_BUILDKIT: '0' },
      onLine: (line) => {
        const found = /^Step (\d+\/\d+)/.exec(line);
        if (found) note(`building ${request.tag}, step ${found[1]}`);
      },
    },
  );
}

const bases = new Map<DebianSuite, Promise<string>>();

/** Several images stand on one base, and it is made once a run. */
export function ensureBase(
  catalogue: Catalogue,
  suite: DebianSuite,
  fresh: boolean,
  note: Note,
): Promise<string> {
  const known = bases.get(suite);
  if (known) return known;
  const made = findBase(catalogue.bases[suite].official, suite, fresh, note);
  bases.set(suite, made);
  return made;
}

async function findBase(official: string, suite: DebianSuite, fresh: boolean, note: Note): Promise<string> {
  if (await localImage(official)) return official;
  if (await pull(official, note)) return official;
  note(`base Debian ${suite}`);
  return ensureDebianBase(suite, fresh);
}

/** The npm package `node` carries the binary; a script that already runs on Node 24 can offer its own. */
async function nodeBinary(): Promise<string> {
  const candidates = [inRepository('node_modules/node/bin/node'), process.execPath];
  for (const candidate of candidates) {
    if (process.platform !== 'linux' || !(await exists(candidate))) continue;
    if ((await run(candidate, ['--version'])).startsWith('v24.')) return candidate;
  }
  throw new SetupError(
    'The node image must be built here, and no Linux binary of Node 24 is at hand.',
    'run `npm ci` (the lock file brings the npm package node@24) on Linux, or connect to a registry, and start again.',
  );
}

/** The Dockerfile's folder, with the node binary beside it where the image wants one. Returns what distinguishes it. */
async function stageContext(fallback: Fallback): Promise<{ context: string; hash: string }> {
  const folder = inRepository('infrastructure/images', fallback.folder);
  const folderHash = await hashFolder(folder);
  if (!fallback.with_node_binary) return { context: folder, hash: folderHash };
  const context = inState('contexts', fallback.folder);
  const binary = await nodeBinary();
  await rm(context, { recursive: true, force: true });
  await mkdir(context, { recursive: true });
  await cp(folder, context, { recursive: true });
  // A hard link costs nothing; across file systems it must be a copy of 120 MB.
  await link(binary, join(context, 'node')).catch(() => cp(binary, join(context, 'node')));
  const version = await run(binary, ['--version']);
  return { context, hash: hashOf(folderHash, version, String((await stat(binary)).size)) };
}

/** Builds the fallback image unless one of exactly this Dockerfile folder and base is there. True when it was built. */
export async function ensureBuilt(
  catalogue: Catalogue,
  fallback: Fallback,
  fresh: boolean,
  note: Note,
): Promise<boolean> {
  const base = await ensureBase(catalogue, fallback.base, fresh, note);
  const baseId = (await localImage(base))?.id ?? base;
  const { context, hash: contentHash } = await stageContext(fallback);
  const hash = hashOf(contentHash, baseId);
  const present = await localImage(fallback.tag);
  if (!fresh && present?.labels[HASH_LABEL] === hash) return false;
  await buildImage({ tag: fallback.tag, context, hash, args: { BASE: base }, fresh }, note);
  return true;
}
