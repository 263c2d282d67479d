import {
  AbortMultipartUploadCommand,
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { AppError, crashPoint } from '@saasodoo/kernel';
import type { Readable } from 'node:stream';
import { ContentBroken } from './content-broken';
import { isMissingUpload } from './object-store-error';
import { cut, type Piece } from './pieces';

/** Of the protocol. */
const MOST_PIECES = 10_000;

export interface ObjectKey {
  readonly Bucket: string;
  readonly Key: string;
}

interface Upload extends ObjectKey {
  readonly UploadId: string;
}

interface Content {
  readonly pieces: AsyncGenerator<Piece>;
  /** The content failed, and what is on its way with it need not arrive. */
  readonly signal: AbortSignal;
}

/**
 * Puts one object, whole or not at all. What fits in a piece goes in one request; what does not goes piece by piece, one at
 * a time, and appears when the last one is there. When anything fails, the store is told to forget the pieces: none of them is
 * under way any more by then, so none can come after that.
 */
export class ObjectUpload {
  constructor(
    private readonly client: S3Client,
    private readonly pieceBytes: number,
  ) {}

  /** Throws what the store answers, or a `ContentBroken` when it was the content that failed. */
  async put(key: ObjectKey, content: Readable): Promise<void> {
    const calledOff = new AbortController();
    // From the first moment on, also when nobody reads the content: an error that nobody listens for ends the process.
    content.once('error', (error) => calledOff.abort(new ContentBroken(error)));
    const { signal } = calledOff;
    try {
      // What a worker left that died; and one that is only thought to be dead must not put its content over ours.
      await this.forgetAll({ Bucket: key.Bucket, Prefix: key.Key }, signal);
      signal.throwIfAborted();
      await this.putContent(key, { pieces: cut(unbroken(content), () => this.pieceBytes), signal });
    } catch (error) {
      // Whatever failed, the content may be destroyed by now; only a request that was called off did not fail by itself.
      throw isAbort(error) && signal.aborted ? signal.reason : error;
    } finally {
      content.destroy();
    }
  }

  /** The store forgets the pieces of all uploads whose keys begin so. */
  async forgetAll(
    below: { readonly Bucket: string; readonly Prefix: string },
    abortSignal?: AbortSignal,
  ): Promise<void> {
    const { Bucket, Prefix } = below;
    const options = abortSignal === undefined ? {} : { abortSignal };
    let after: Pick<ListMultipartUploadsCommandOutput, 'NextKeyMarker' | 'NextUploadIdMarker'> | undefined =
      {};
    while (after !== undefined) {
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = after;
      const page: ListMultipartUploadsCommandOutput = await this.client.send(
        new ListMultipartUploadsCommand({ Bucket, Prefix, KeyMarker, UploadIdMarker }),
        options,
      );
      for (const { Key, UploadId } of page.Uploads ?? []) {
        if (Key?.startsWith(Prefix) === true && UploadId !== undefined)
          await this.forget({ Bucket, Key, UploadId });
      }
      after = page.IsTruncated === true ? page : undefined;
    }
  }

  private async forget(upload: Upload): Promise<void> {
    try {
      await this.client.send(new AbortMultipartUploadCommand({ ...upload }));
    } catch (error) {
      if (!isMissingUpload(error)) throw error;
    }
  }

  private async putContent(key: ObjectKey, content: Content): Promise<void> {
    const first = await content.pieces.next();
    if (first.done !== true && !first.value.last) return this.putPieces(key, first.value, content);
    const Body = first.done === true ? Buffer.alloc(0) : first.value.bytes;
    await this.client.send(new PutObjectCommand({ ...key, Body }), { abortSignal: content.signal });
  }

  private async putPieces(key: ObjectKey, first: Piece, { pieces, signal }: Content): Promise<void> {
    const { UploadId } = await this.client.send(new CreateMultipartUploadCommand({ ...key }));
    if (UploadId === undefined) throw new TypeError('the object store began an upload and did not name it');
    const upload = { ...key, UploadId };
    try {
      const Parts = [await this.putPiece(upload, first, { number: 1, signal })];
      for await (const piece of pieces) {
        if (Parts.length === MOST_PIECES) throw this.tooLarge();
        Parts.push(await this.putPiece(upload, piece, { number: Parts.length + 1, signal }));
      }
      crashPoint('backups.part-written');
      signal.throwIfAborted();
      await this.client.send(new CompleteMultipartUploadCommand({ ...upload, MultipartUpload: { Parts } }));
    } catch (error) {
      // What went wrong first is what counts; pieces that stay are forgotten when the part is written or removed again.
      await this.forget(upload).catch(() => undefined);
      throw error;
    }
  }

  private async putPiece(
    upload: Upload,
    { bytes }: Piece,
    { number, signal }: { readonly number: number; readonly signal: AbortSignal },
  ): Promise<CompletedPart> {
    const { ETag } = await this.client.send(
      new UploadPartCommand({ ...upload, PartNumber: number, Body: bytes }),
      { abortSignal: signal },
    );
    return { PartNumber: number, ...(ETag === undefined ? {} : { ETag }) };
  }

  private tooLarge(): AppError {
    const bytes = this.pieceBytes * MOST_PIECES;
    return AppError.terminal('backup.part_too_large', `a part of the backup has more than ${bytes} bytes`, {
      hint: `An object store takes ${MOST_PIECES} pieces: raise BACKUP_S3_PIECE_MIB.`,
      facts: { bytes },
    });
  }
}

/** Where the content could not be read, nothing is wrong with the store. */
async function* unbroken(content: Readable): AsyncGenerator<Buffer> {
  try {
    yield* content as AsyncIterable<Buffer>;
  } catch (error) {
    throw new ContentBroken(error);
  }
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError';
}
