import { AppError } from '@saasodoo/kernel';
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { cut, type Piece } from './pieces';

const MAGIC = Buffer.from('SOBK1');
const SALT_BYTES = 16;
const CHUNK_BYTES = 1024 ** 2;
const TAG_BYTES = 16;

/** What a part is bound to: under another name, or in another backup, it cannot be opened. */
export interface PartName {
  readonly backupId: string;
  readonly part: string;
}

/**
 * Encrypts and opens parts while they stream: AES-256-GCM over chunks of 1 MiB, each numbered and the last one marked, so
 * that nothing can be cut off, swapped or put in. The key is derived anew for each part that is written, from the platform's
 * key, a salt that leads the part, and the part's name.
 */
export class PartCipher {
  private readonly key: Buffer;

  /** @param key 32 bytes in base64. */
  constructor(key: string) {
    this.key = Buffer.from(key, 'base64');
  }

  async *encrypt(content: AsyncIterable<Buffer>, name: PartName): AsyncGenerator<Buffer> {
    const salt = randomBytes(SALT_BYTES);
    const key = this.keyFor(name, salt);
    yield Buffer.concat([MAGIC, salt]);
    let number = 0;
    for await (const { bytes, last } of chunks(content, CHUNK_BYTES)) {
      const cipher = createCipheriv('aes-256-gcm', key, nonce(number, last));
      yield Buffer.concat([cipher.update(bytes), cipher.final(), cipher.getAuthTag()]);
      number += 1;
    }
  }

  /** Throws `backup.part_unreadable` at the first chunk that is not as it was written. */
  async *open(content: AsyncIterable<Buffer>, name: PartName): AsyncGenerator<Buffer> {
    let key: Buffer | undefined;
    let number = 0;
    for await (const { bytes, last } of framed(content)) {
      if (key === undefined) {
        if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw unreadable(name);
        key = this.keyFor(name, bytes.subarray(MAGIC.length));
        // The last chunk always follows, also when it is empty.
        if (last) throw unreadable(name);
        continue;
      }
      yield decrypted(key, { bytes, number, last, name });
      number += 1;
    }
    if (key === undefined) throw unreadable(name);
  }

  private keyFor({ backupId, part }: PartName, salt: Buffer): Buffer {
    return Buffer.from(hkdfSync('sha256', this.key, salt, `saasodoo backup ${backupId} ${part}`, 32));
  }
}

function decrypted(key: Buffer, chunk: Piece & { readonly number: number; readonly name: PartName }): Buffer {
  const { bytes, number, last, name } = chunk;
  if (bytes.length < TAG_BYTES) throw unreadable(name);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce(number, last), { authTagLength: TAG_BYTES });
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(bytes.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch (cause) {
    throw unreadable(name, cause);
  }
}

function nonce(number: number, last: boolean): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUIntBE(number, 5, 6);
  bytes.writeUInt8(last ? 1 : 0, 11);
  return bytes;
}

/** The header, then the encrypted chunks. */
async function* framed(content: AsyncIterable<Buffer>): AsyncGenerator<Piece> {
  const sizes = (index: number): number =>
    index === 0 ? MAGIC.length + SALT_BYTES : CHUNK_BYTES + TAG_BYTES;
  yield* cut(content, sizes);
}

async function* chunks(content: AsyncIterable<Buffer>, size: number): AsyncGenerator<Piece> {
  yield* cut(content, () => size);
}

function unreadable({ backupId, part }: PartName, cause?: unknown): AppError {
  return AppError.terminal('backup.part_unreadable', `the part ${part} of the backup cannot be opened`, {
    ...(cause === undefined ? {} : { cause }),
    hint: 'It was changed or cut off where backups are kept, or was encrypted with another ENCRYPTION_KEY.',
    facts: { backup_id: backupId, part },
    httpStatus: 409,
  });
}
