import { DeleteObjectCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
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
    const { bucket: Bucket } = this.place;
    await this.onStore(async () => {
      // First, so that none of them can end in an object that was not seen.
      await this.uploads.forgetAll({ Bucket, Prefix: folder });
      for await (const page of paginateListObjectsV2({ client: this.client }, { Bucket, Prefix: folder })) {
        for (const { Key } of page.Contents ?? [])
          await this.client.send(new DeleteObjectCommand({ Bucket, Key }));
      }
    });
  }

  private keyOf(path: string): string {
    return this.place.prefix === '' ? path : `${this.place.prefix}/${path}`;
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
