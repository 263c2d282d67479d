import { AppError } from '@saasodoo/kernel';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Tests and benchmarks run in the repository's folder, wherever they were compiled to. */
const CATALOGUE = resolve(process.cwd(), '.saasodoo/images.json');

export interface TestOdooImage {
  readonly image: string;
  /** Its image profile and Odoo version, as `imageProfile` takes them. */
  readonly profile: string;
  readonly version: string;
}

/** The image that this machine has for `name`, as found or built by `npm run images`. */
export async function testImage(name: 'postgres' | 'rabbitmq'): Promise<string> {
  const { image } = ((await readCatalogue())[name] ?? {}) as { readonly image?: string };
  if (image === undefined) throw imagesMissing(`no image is recorded for ${name}`);
  return image;
}

/** The first Odoo image that this machine has. */
export async function testOdooImage(): Promise<TestOdooImage> {
  const byVersion = ((await readCatalogue())['odoo'] ?? {}) as Readonly<Record<string, TestOdooImage>>;
  const [found] = Object.values(byVersion);
  if (found === undefined) throw imagesMissing('no image is recorded for odoo');
  return found;
}

async function readCatalogue(): Promise<Readonly<Record<string, unknown>>> {
  try {
    return JSON.parse(await readFile(CATALOGUE, 'utf8')) as Readonly<Record<string, unknown>>;
  } catch (cause) {
    throw imagesMissing(`${CATALOGUE} cannot be read`, cause);
  }
}

function imagesMissing(message: string, cause?: unknown): AppError {
  return AppError.terminal('testing.images_missing', message, { cause, hint: 'Run npm run images first.' });
}
