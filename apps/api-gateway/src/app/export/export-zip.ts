import { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

/** A file of an export, made when its turn comes. */
export interface ExportPart {
  readonly name: string;
  /** Whether it is worth packing: what is packed already is not. */
  readonly compress: boolean;
  readonly open: () => Promise<Readable>;
}

/** The parts as one zip, made while it is read; one that cannot be had breaks it off, so that nobody takes it for whole. */
export function exportZip(parts: readonly ExportPart[]): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as Readable;
  const breakOff = (error: unknown): void => {
    output.destroy(error instanceof Error ? error : new Error(String(error)));
  };
  zip.on('error', breakOff);
  for (const { name, compress, open } of parts) {
    zip.addReadStreamLazy(name, { compress }, (done) => {
      // The library does not listen for the errors of what it is given.
      open().then((content) => done(undefined, content.once('error', breakOff)), breakOff);
    });
  }
  zip.end();
  return output;
}

/** A list as JSON, one element a line, however long it is. */
export function jsonLines(items: AsyncIterable<object>): Readable {
  async function* text(): AsyncGenerator<string> {
    let before = '[\n';
    for await (const item of items) {
      yield before + JSON.stringify(item);
      before = ',\n';
    }
    yield before === '[\n' ? '[]\n' : '\n]\n';
  }
  return Readable.from(text(), { objectMode: false });
}
