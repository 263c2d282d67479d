import { Inject, Injectable } from '@nestjs/common';
import { measured, PartCipher } from '@saasodoo/backups/destinations';
import type { BackupPart } from '@saasodoo/backups/domain';
import { AppError } from '@saasodoo/kernel';
import { createReadStream, createWriteStream } from 'node:fs';
import { text } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { BackupDestinations, type PlacesOfBackups } from './backup-destinations';
import { BackupsConfig } from './backups.config';

export interface Transfer {
  readonly signal: AbortSignal;
  readonly onBytes?: (bytes: number) => void;
}

/** Parts of backups on their way to and from where they are kept: measured, and encrypted where that is wanted. */
@Injectable()
export class BackupStore {
  private readonly cipher: PartCipher;

  constructor(
    @Inject(BackupDestinations) private readonly destinations: PlacesOfBackups,
    private readonly config: BackupsConfig,
  ) {
    this.cipher = new PartCipher(config.ENCRYPTION_KEY);
  }

  /** Keeps the file as a part of the backup. */
  async keep(backupId: string, part: string, path: string, transfer: Transfer): Promise<BackupPart> {
    const encrypted = this.config.BACKUP_ENCRYPTION !== 'none';
    const plain = measured(fileContent(path), transfer.onBytes);
    const name = { backupId, part };
    // What is kept as it is need not be measured twice.
    const stored = encrypted ? measured(this.cipher.encrypt(plain.content, name)) : plain;
    const destination = await this.destinations.toWrite(backupId);
    await destination.write(backupId, part, readable(stored.content, transfer.signal));
    const { bytes, sha256 } = plain.result();
    const { bytes: stored_bytes, sha256: stored_sha256 } = stored.result();
    return { name: part, bytes, sha256, stored_bytes, stored_sha256, encrypted };
  }

  async keepText(backupId: string, part: string, content: string): Promise<void> {
    const destination = await this.destinations.toWrite(backupId);
    await destination.write(backupId, part, Readable.from([Buffer.from(content)]));
  }

  /** Throws `backup.part_missing`. */
  async readText(backupId: string, part: string): Promise<string> {
    return text(await this.stored(backupId, part));
  }

  /**
   * The part as it was before it was kept; its end is reached only when it was whole and unchanged.
   * Throws `backup.part_missing`, and while it is read `backup.part_damaged` or `backup.part_unreadable`.
   */
  async read(backupId: string, part: BackupPart, transfer: Transfer): Promise<Readable> {
    const source: AsyncIterable<Buffer> = await this.stored(backupId, part.name);
    const stored = measured(source, part.encrypted ? undefined : transfer.onBytes);
    const name = { backupId, part: part.name };
    const plain = part.encrypted
      ? measured(this.cipher.open(stored.content, name), transfer.onBytes)
      : stored;
    async function* checked(): AsyncGenerator<Buffer> {
      yield* plain.content;
      const [now, was] = [plain.result(), stored.result()];
      const isWhole = now.bytes === part.bytes && now.sha256 === part.sha256;
      if (!isWhole || was.sha256 !== part.stored_sha256) throw damaged(backupId, part.name);
    }
    return readable(checked(), transfer.signal);
  }

  /** Reads the part to its end, which proves it. */
  async verify(backupId: string, part: BackupPart, transfer: Transfer): Promise<void> {
    const content = await this.read(backupId, part, transfer);
    await pipeline(content, async (bytes) => {
      for await (const _piece of bytes as AsyncIterable<Buffer>) continue;
    });
  }

  async fetch(backupId: string, part: BackupPart, path: string, transfer: Transfer): Promise<void> {
    const content = await this.read(backupId, part, transfer);
    await pipeline(content, createWriteStream(path, { mode: 0o600 }));
  }

  async remove(backupId: string): Promise<void> {
    const destination = await this.destinations.holding(backupId);
    await destination.remove(backupId);
  }

  private async stored(backupId: string, part: string): Promise<Readable> {
    const destination = await this.destinations.holding(backupId);
    return destination.read(backupId, part);
  }
}

function fileContent(path: string): AsyncIterable<Buffer> {
  return createReadStream(path, { highWaterMark: 256 * 1024 });
}

function readable(content: AsyncIterable<Buffer>, signal: AbortSignal): Readable {
  return Readable.from(content, { objectMode: false, signal });
}

function damaged(backupId: string, part: string): AppError {
  return AppError.terminal('backup.part_damaged', `the part ${part} of the backup is not as it was written`, {
    hint: 'Nothing was touched. Use another backup.',
    facts: { backup_id: backupId, part },
    httpStatus: 409,
  });
}
