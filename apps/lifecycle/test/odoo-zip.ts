import { buffer } from 'node:stream/consumers';
import { type Options, ZipFile } from 'yazl';

export interface ZipPart {
  readonly name: string;
  readonly content: Buffer | string;
  readonly options?: Partial<Options>;
}

export const manifestOf = (version: readonly [number | string, number], change: object = {}): string =>
  JSON.stringify({
    ...{ odoo_dump: '1', db_name: 'old-shop', version_info: [...version, 0, 'final', 0, ''] },
    ...{ modules: { base: `${version[0]}.${version[1]}.1.3` } },
    ...change,
  });

/** As Odoo's database manager writes it. */
export function odooParts(dump = 'SELECT 1;\n', files: Readonly<Record<string, string>> = {}): ZipPart[] {
  return [
    { name: 'dump.sql', content: dump },
    { name: 'manifest.json', content: manifestOf([14, 0]) },
    ...Object.entries(files).map(([path, content]) => ({ name: `filestore/${path}`, content })),
  ];
}

export async function zipOf(parts: readonly ZipPart[], options: Partial<Options> = {}): Promise<Buffer> {
  const zip = new ZipFile();
  for (const { name, content, options: own = {} } of parts) {
    zip.addBuffer(Buffer.from(content), name, { ...options, ...own });
  }
  zip.end({ forceZip64Format: options.forceZip64Format ?? false, comment: '' });
  return buffer(zip.outputStream);
}

/** Every occurrence of a name, in headers and directory, becomes another one of the same length. */
export function renamed(zip: Buffer, from: string, to: string): Buffer {
  if (from.length !== to.length) throw new Error('the names must have the same length');
  return Buffer.from(zip.toString('latin1').replaceAll(from, to), 'latin1');
}

/** Changes the entry of the directory that has this name; `place` counts from its beginning. */
export function patched(
  zip: Buffer,
  name: string,
  { place, value }: { place: number; value: number },
): Buffer {
  const copy = Buffer.from(zip);
  const end = copy.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  let at = copy.readUInt32LE(end + 16);
  while (copy.toString('latin1', at + 46, at + 46 + copy.readUInt16LE(at + 28)) !== name) {
    at += 46 + copy.readUInt16LE(at + 28) + copy.readUInt16LE(at + 30) + copy.readUInt16LE(at + 32);
  }
  copy.writeUInt32LE(value, at + place);
  return copy;
}
