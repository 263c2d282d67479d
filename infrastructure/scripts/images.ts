import { readCatalogue } from './catalogue.ts';
import type { Catalogue, CatalogueEntry, ImageName, OdooProfile, PlatformImageName } from './catalogue.ts';
import { localImage } from './docker.ts';
import { ensureEngine } from './engine.ts';
import { runAsScript, SetupError } from './errors.ts';
import { ensureBuilt } from './image-build.ts';
import { withLock } from './lock.ts';
import { inState, isMain, readTextOrNull, writeJson } from './paths.ts';
import { seconds, step } from './progress.ts';
import type { Note } from './progress.ts';
import { pull } from './registry.ts';

export type ImageSource = 'present' | 'pulled' | 'built';

export interface ResolvedImage {
  /** The tag to run, the platform's own when the official image could not be had. */
  readonly image: string;
  readonly id: string;
  readonly digest: string | null;
  readonly source: ImageSource;
  readonly seconds: number;
}

export interface ResolvedOdoo extends ResolvedImage {
  readonly version: string;
  readonly profile: OdooProfile;
  /** Pinned where a registry gave a digest, so that every node runs the same bytes. */
  readonly tag_or_digest: string;
}

export interface Images extends Readonly<Record<PlatformImageName, ResolvedImage>> {
  /** By major version: "14", "17", "18". */
  readonly odoo: Readonly<Record<string, ResolvedOdoo>>;
}

export type SomeImages = Partial<Omit<Images, 'odoo'>> & Pick<Images, 'odoo'>;

export interface EnsureOptions {
  /** Builds anew even what is unchanged, to take in Debian's updates. */
  readonly rebuild?: boolean;
}

/** Two at a time: a build is mostly unpacking, and more of them only fight over the disk. */
const PARALLEL = 2;
export const IMAGES_FILE = inState('images.json');

async function resolve(
  catalogue: Catalogue,
  entry: CatalogueEntry,
  fresh: boolean,
  note: Note,
): Promise<{ image: string; source: ImageSource } | undefined> {
  if (entry.official) {
    if (await localImage(entry.official)) return { image: entry.official, source: 'present' };
    if (await pull(entry.official, note)) return { image: entry.official, source: 'pulled' };
  }
  if (!entry.fallback) return undefined;
  const built = await ensureBuilt(catalogue, entry.fallback, fresh, note);
  return { image: entry.fallback.tag, source: built ? 'built' : 'present' };
}

async function ensureImage(
  catalogue: Catalogue,
  name: ImageName,
  fresh: boolean,
): Promise<ResolvedImage | undefined> {
  return step(`Image ${name}`, async (note) => {
    const startedAt = Date.now();
    const found = await resolve(catalogue, catalogue.images[name], fresh, note);
    if (!found) {
      note('not available here: no registry answers');
      return undefined;
    }
    const local = await localImage(found.image);
    if (!local)
      throw new SetupError(`The image ${found.image} vanished right after it was made.`, 'start again.');
    note(`${found.source} ${found.image}`);
    return {
      ...found,
      id: local.id,
      digest: local.digest,
      seconds: Math.round((Date.now() - startedAt) / 100) / 10,
    };
  });
}

type Found = Map<ImageName, ResolvedImage>;

async function ensureEach(catalogue: Catalogue, names: readonly ImageName[], fresh: boolean): Promise<Found> {
  const found: Found = new Map();
  const queue = [...names];
  const work = async (): Promise<void> => {
    for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
      const image = await ensureImage(catalogue, name, fresh);
      if (image) found.set(name, image);
    }
  };
  const results = await Promise.allSettled(Array.from({ length: PARALLEL }, work));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
  return found;
}

/** Debian's Odoo 14 stands in where no official image can be had. */
async function ensureAll(
  catalogue: Catalogue,
  names: readonly ImageName[] | undefined,
  fresh: boolean,
): Promise<Found> {
  if (names) return ensureEach(catalogue, names, fresh);
  const official = await ensureEach(catalogue, ['odoo-18', 'odoo-17'], fresh);
  const odoo: readonly ImageName[] = official.size > 0 ? [] : ['odoo-14'];
  const rest = await ensureEach(catalogue, [...odoo, 'postgres', 'rabbitmq', 'node'], fresh);
  return new Map([...official, ...rest]);
}

function describe(catalogue: Catalogue, found: Found): SomeImages {
  const platform: Partial<Record<PlatformImageName, ResolvedImage>> = {};
  const odoo: Record<string, ResolvedOdoo> = {};
  for (const [name, image] of found) {
    const traits = catalogue.images[name].odoo;
    if (!traits) {
      platform[name as PlatformImageName] = image;
      continue;
    }
    const digest = image.digest?.split('@')[1];
    odoo[String(Number.parseInt(traits.version, 10))] = {
      ...image,
      ...traits,
      tag_or_digest: digest ? `${image.image}@${digest}` : image.image,
    };
  }
  return { ...platform, odoo };
}

async function remember(images: SomeImages): Promise<void> {
  const known = JSON.parse((await readTextOrNull(IMAGES_FILE)) ?? '{"odoo":{}}') as SomeImages;
  await writeJson(IMAGES_FILE, { ...known, ...images, odoo: { ...known.odoo, ...images.odoo } });
}

/** What the last `ensureImages` found, without looking again; undefined when it never ran to its end. */
export async function readImages(): Promise<Images | undefined> {
  const text = await readTextOrNull(IMAGES_FILE);
  if (text === null) return undefined;
  const { node, postgres, rabbitmq, odoo } = JSON.parse(text) as SomeImages;
  return node && postgres && rabbitmq ? { node, postgres, rabbitmq, odoo } : undefined;
}

/** Every image the platform needs (or the named ones): present, else pulled, else built. Also written to IMAGES_FILE. */
export async function ensureImages(names: readonly ImageName[], options?: EnsureOptions): Promise<SomeImages>;
export async function ensureImages(names?: undefined, options?: EnsureOptions): Promise<Images>;
export async function ensureImages(
  names?: readonly ImageName[],
  options: EnsureOptions = {},
): Promise<SomeImages> {
  const catalogue = await readCatalogue();
  return withLock(inState('images.lock'), async () => {
    const images = describe(catalogue, await ensureAll(catalogue, names, options.rebuild ?? false));
    await remember(images);
    return images;
  });
}

function printTable(images: SomeImages): void {
  const { odoo, ...platform } = images;
  const rows = [
    ...Object.entries(platform),
    ...Object.entries(odoo).map(([version, image]) => [`odoo ${version}`, image] as const),
  ];
  process.stdout.write('\n');
  for (const [name, image] of rows) {
    process.stdout.write(
      `${name.padEnd(10)} ${image.image.padEnd(32)} ${image.source.padEnd(8)} ${seconds(image.seconds * 1000).padStart(8)}\n`,
    );
  }
}

function parseNames(words: readonly string[], catalogue: Catalogue): ImageName[] | undefined {
  if (words.length === 0) return undefined;
  const known = Object.keys(catalogue.images);
  const unknown = words.filter((word) => !known.includes(word));
  if (unknown.length === 0) return words as ImageName[];
  throw new SetupError(
    `There is no image ${unknown.join(', ')} in the catalogue.`,
    `name some of: ${known.join(', ')}; or none for all that are needed.`,
  );
}

if (isMain(import.meta)) {
  await runAsScript(async () => {
    const words = process.argv.slice(2);
    const names = parseNames(
      words.filter((word) => !word.startsWith('--')),
      await readCatalogue(),
    );
    await ensureEngine();
    const options = { rebuild: words.includes('--rebuild') };
    printTable(names ? await ensureImages(names, options) : await ensureImages(undefined, options));
  });
}
