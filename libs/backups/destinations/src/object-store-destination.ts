import {
  DeleteObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { Readable } from 'node:stream';
import type { BackupDestination } from './backup-destination';
import { ContentBroken } from './content-broken';
import { objectStoreClient } from './object-store-client';
import { ObjectDownload } from './object-store-download';
import { isMissingObject, objectStoreError } from './object-store-error';
import { type ObjectStorePlace, type ObjectStoreSettings, placeName } from './object-store-settings';
import { ObjectUpload } from './object-store-upload';
import { partMissing } from './part-missing';
import { backupFolder, partPath } from './part-path';

/** Backups in a bucket of an S3-compatible object store: `{prefix}/{backup id}/{part}`. */
export class ObjectStoreDestination implements BackupDestination {
  readonly name: string;
  private readonly client: S3Client;
  private readonly uploads: ObjectUpload;

  constructor(
    private readonly settings: ObjectStoreSettings,
    private readonly place: ObjectStorePlace,
  ) {
    this.name = placeName(place);
    this.client = objectStoreClient(settings);
    this.uploads = new ObjectUpload(this.client, settings.pieceBytes);
  }

  async write(backupId: string, part: string, content: Readable): Promise<void> {
    try {
      const Key = this.keyOf(partPath(backupId, part));
      // What a worker left that died; and one that is only thought to be dead must not put its content over ours.
      await this.onStore(() => this.forgetUploads(Key));
      await this.uploads.put({ Bucket: this.place.bucket, Key }, content);
    } catch (error) {
      content.destroy();
      throw error instanceof ContentBroken ? error.cause : this.explain(error);
    }
  }

  async read(backupId: string, part: string): Promise<Readable> {
    const key = { Bucket: this.place.bucket, Key: this.keyOf(partPath(backupId, part)) };
    const explain = (error: unknown): unknown =>
      isMissingObject(error) ? partMissing(backupId, part, error) : this.explain(error);
    try {
      return await new ObjectDownload(this.client, key).open(explain);
    } catch (error) {
      throw explain(error);
    }
  }

  async remove(backupId: string): Promise<void> {
    const folder = this.keyOf(`${backupFolder(backupId)}/`);
    await this.onStore(async () => {
      // First, so that none of them can end in an object that was not seen.
      await this.forgetUploads(folder);
      const { bucket: Bucket } = this.place;
      for await (const page of paginateListObjectsV2({ client: this.client }, { Bucket, Prefix: folder })) {
        for (const { Key } of page.Contents ?? [])
          await this.client.send(new DeleteObjectCommand({ Bucket, Key }));
      }
    });
  }

  private keyOf(path: string): string {
    return this.place.prefix === '' ? path : `${this.place.prefix}/${path}`;
  }

  private async forgetUploads(Prefix: string): Promise<void> {
    const { bucket: Bucket } = this.place;
    let after: Pick<ListMultipartUploadsCommandOutput, 'NextKeyMarker' | 'NextUploadIdMarker'> | undefined =
      {};
    while (after !== undefined) {
      const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = after;
      const page: ListMultipartUploadsCommandOutput = await this.client.send(
        new ListMultipartUploadsCommand({ Bucket, Prefix, KeyMarker, UploadIdMarker }),
      );
      for (const { Key, UploadId } of page.Uploads ?? []) {
        if (Key?.startsWith(Prefix) === true && UploadId !== undefined)
          await this.uploads.forget({ Bucket, Key, UploadId });
      }
      after = page.IsTruncated === true ? page : undefined;
    }
  }

  private async onStore<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.explain(error);
    }
  }

  private explain(error: unknown): Error {
    const { endpoint } = this.settings;
    return objectStoreError(error, { endpoint, bucket: this.place.bucket });
  }
}
