import { GetObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { Readable } from 'node:stream';
import type { ObjectKey } from './object-store-upload';

/** Connections that may break one after the other without a byte in between. */
const MOST_BREAKS = 3;

interface Opened {
  readonly body: Readable;
  readonly etag: string | undefined;
  readonly bytes: number | undefined;
}

/**
 * Reads one object. A connection that breaks is followed by another one, which goes on where it ended, so that a large part
 * need not be read anew; an object that was replaced meanwhile is refused by the store, and not mixed up.
 */
export class ObjectDownload {
  constructor(
    private readonly client: S3Client,
    private readonly key: ObjectKey,
  ) {}

  /** Throws what the store answers, before anything is read; what comes later is explained by `explain`. */
  async open(explain: (error: unknown) => unknown): Promise<Readable> {
    const first = await this.ask(0);
    const content = Readable.from(this.content(first, explain), { objectMode: false });
    // Who leaves before the first byte would leave the connection behind.
    return content.once('close', () => first.body.destroy());
  }

  private async *content(first: Opened, explain: (error: unknown) => unknown): AsyncGenerator<Buffer> {
    let opened = first;
    let read = 0;
    let breaks = 0;
    for (;;) {
      try {
        for await (const bytes of opened.body as AsyncIterable<Buffer>) {
          read += bytes.length;
          breaks = 0;
          yield bytes;
        }
        return;
      } catch (error) {
        breaks += 1;
        if (breaks > MOST_BREAKS) throw explain(error);
      }
      if (read === first.bytes) return;
      try {
        opened = await this.ask(read, first.etag);
      } catch (error) {
        throw explain(error);
      }
    }
  }

  private async ask(from: number, etag?: string): Promise<Opened> {
    const rest = from === 0 ? {} : { Range: `bytes=${from}-` };
    const same = etag === undefined ? {} : { IfMatch: etag };
    const answer = await this.client.send(new GetObjectCommand({ ...this.key, ...rest, ...same }));
    if (!(answer.Body instanceof Readable)) throw new TypeError('the object store answered without content');
    return { body: answer.Body, etag: answer.ETag, bytes: answer.ContentLength };
  }
}
