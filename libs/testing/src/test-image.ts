import { AppError } from '@saasodoo/kernel';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

/** Tests and benchmarks run in the repository's folder, wherever they were compiled to. */
const CATALOGUE = resolve(process.cwd(), '.saasodoo/images.json');

/** The image that this machine has for `name`, as found or built by `npm run images`. */
export async function testImage(name: 'postgres' | 'rabbitmq'): Promise<string> {
  const found = JSON.parse(await readCatalogue()) as Readonly<Record<string, { readonly image?: string }>>;
  const image = found[name]?.image;
  if (image === undefined) throw imagesMissing(`no image is recorded for ${name}`);
  return image;
}

async function readCatalogue(): Promise<string> {
  try {
    return await readFile(CATALOGUE, 'utf8');
  } catch (cause) {
    throw imagesMissing(`${CATALOGUE} cannot be read`, cause);
  }
}

function imagesMissing(message: string, cause?: unknown): AppError {
  return AppError.terminal('testing.images_missing', message, { cause, hint: 'Run npm run images first.' });
}
