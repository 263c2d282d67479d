import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { Injectable } from '@nestjs/common';
import { ConcurrencyLimit } from './concurrency-limit';

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane. */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const SALT_BYTES = 16;
const HASH_BYTES = 32;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;

interface Parameters {
  readonly memory: number;
  readonly passes: number;
  readonly parallelism: number;
}

const derive = promisify(argon2);

/** Hashes and checks passwords with argon2id; the stored form is a PHC string, which carries its own parameters. */
@Injectable()
export class Passwords {
  /** Two at a time keep two cores busy; what waits longer than 64 others is refused. */
  private readonly limit = new ConcurrencyLimit({ running: 2, waiting: 64 });
  /** Nobody's: comparing with it takes as long as with a real one. */
  private readonly decoy = encode(randomBytes(SALT_BYTES), randomBytes(HASH_BYTES));

  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const parameters = { memory: MEMORY_KIB, passes: PASSES, parallelism: LANES };
    return encode(salt, await this.derive(password, salt, parameters));
  }

  /** Without a stored hash (nobody has this e-mail address) it takes as long and answers false. */
  async verify(password: string, stored: string | undefined): Promise<boolean> {
    const [, memory, passes, lanes, salt, hash] = PHC.exec(stored ?? this.decoy) ?? [];
    if (salt === undefined || hash === undefined) return false;
    const expected = Buffer.from(hash, 'base64');
    const parameters = { memory: Number(memory), passes: Number(passes), parallelism: Number(lanes) };
    const derived = await this.derive(password, Buffer.from(salt, 'base64'), parameters);
    return timingSafeEqual(derived, expected) && stored !== undefined;
  }

  private derive(message: string, nonce: Buffer, parameters: Parameters): Promise<Buffer> {
    return this.limit.run(() => derive('argon2id', { message, nonce, tagLength: HASH_BYTES, ...parameters }));
  }
}

/** The PHC string of what was made with the parameters of today. */
function encode(salt: Buffer, hash: Buffer): string {
  return `$argon2id$v=19$m=${MEMORY_KIB},t=${PASSES},p=${LANES}$${unpadded(salt)}$${unpadded(hash)}`;
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
