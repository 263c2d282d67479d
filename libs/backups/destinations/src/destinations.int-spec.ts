import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  paginateListObjectsV2,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { newId } from '@saasodoo/kernel';
import { describeOnObjectStore, freePort } from '@saasodoo/testing';
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createServer as createTlsServer } from 'node:tls';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { BackupDestination } from './backup-destination';
import { DirectoryDestination } from './directory-destination';
import { measured } from './measured';
import { ObjectStoreDestination } from './object-store-destination';
import type { ObjectStoreSettings } from './object-store-settings';

/**
 * Jest runs tests in a realm of their own, where errors of Node's core are no instances of its `Error`: the client would take
 * a broken connection for something unheard of.
 */
Object.defineProperty(Error, Symbol.hasInstance, {
  value(this: unknown, value: unknown): boolean {
    if (this === Error) return Object.prototype.toString.call(value) === '[object Error]';
    return Function.prototype[Symbol.hasInstance].call(this, value);
  },
});

const MEBIBYTE = 1024 ** 2;
const PIECE = 5 * MEBIBYTE;

interface Kept {
  readonly destination: BackupDestination;
  /** Names of all that lies there, and of what is not there yet. */
  everything(): Promise<string[]>;
}

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What buffers hold that somebody still needs. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** Pieces of random bytes; what happens before each is up to the test. */
async function* pieces(mebibytes: number, before: (number: number) => void = () => undefined) {
  const piece = randomBytes(MEBIBYTE);
  for (let number = 0; number < mebibytes; number += 1) {
    before(number);
    yield piece;
  }
}

/** What every destination promises. */
function keepsBackups(make: () => Promise<Kept>): void {
  const id = newId();
  let destination: BackupDestination;
  let everything: Kept['everything'];

  beforeEach(async () => {
    ({ destination, everything } = await make());
  });

  const one = (content: string): Readable => Readable.from([Buffer.from(content)]);

  test('gives back what it took in, and replaces it', async () => {
    await destination.write(id, 'manifest.json', one('one'));
    await destination.write(id, 'manifest.json', one('two'));
    expect(await text(await destination.read(id, 'manifest.json'))).toBe('two');
    expect(await everything()).toEqual([`${id}/manifest.json`]);
  });

  test('takes in what is empty', async () => {
    await destination.write(id, 'files.tar.zst', Readable.from([]));
    expect(await buffer(await destination.read(id, 'files.tar.zst'))).toHaveLength(0);
  });

  test.each([
    ['nothing', 0],
    ['little', 1],
    ['several pieces', 12],
  ])('has nothing of a part whose content broke off after %s', async (_, mebibytes) => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield* pieces(mebibytes);
      throw new Error('the disk went away');
    }
    const content = Readable.from(broken(), { objectMode: false });
    await expect(destination.write(id, 'database.dump', content)).rejects.toThrow('the disk went away');
    await expect(destination.read(id, 'database.dump')).rejects.toMatchObject({
      code: 'backup.part_missing',
    });
    expect(await everything()).toEqual([]);
  });

  test('keeps what was there when the one to replace it breaks off', async () => {
    await destination.write(id, 'database.dump', one('whole'));
    const abort = new AbortController();
    const content = Readable.from(
      pieces(100, (number) => {
        if (number === 12) abort.abort(new Error('the worker stops'));
      }),
      { objectMode: false, signal: abort.signal },
    );
    await expect(destination.write(id, 'database.dump', content)).rejects.toThrow();
    expect(await text(await destination.read(id, 'database.dump'))).toBe('whole');
    expect(await everything()).toEqual([`${id}/database.dump`]);
  });

  test('has nothing of a part that is called off before it is read', async () => {
    const abort = new AbortController();
    const content = Readable.from(pieces(12), { objectMode: false, signal: abort.signal });
    const writing = destination.write(id, 'database.dump', content);
    abort.abort(new Error('the worker stops'));
    await expect(writing).rejects.toMatchObject({ code: 'ABORT_ERR' });
    expect(await everything()).toEqual([]);
  });

  test('says that a part is missing', async () => {
    await destination.write(id, 'manifest.json', one('{}'));
    await expect(destination.read(id, 'database.dump')).rejects.toMatchObject({
      code: 'backup.part_missing',
      facts: { backup_id: id, part: 'database.dump' },
      retryable: false,
    });
  });

  test('removes a backup with all its parts and no other one, and again', async () => {
    const other = newId();
    await destination.write(other, 'manifest.json', one('{}'));
    for (const part of ['manifest.json', 'database.dump', 'files.tar.zst'])
      await destination.write(id, part, one(part));
    await destination.remove(id);
    await destination.remove(id);
    expect(await everything()).toEqual([`${other}/manifest.json`]);
  });

  test.each(['', '..', '../x', 'a/b', '/etc/passwd', 'a\\b', 'a\0', '%2e%2e', 'a?x', 'x'.repeat(65)])(
    'lets nobody lead it elsewhere with the part %j',
    async (part) => {
      const malformed = { code: 'backup.name_malformed' };
      await expect(destination.write(id, part, one('x'))).rejects.toMatchObject(malformed);
      await expect(destination.read(id, part)).rejects.toMatchObject(malformed);
      await expect(destination.remove(`${id}/${part}`)).rejects.toMatchObject(malformed);
      expect(await everything()).toEqual([]);
    },
  );

  test('takes 200 MiB in and gives them back, and holds a small part of them at a time', async () => {
    const before = heldBytes();
    const held: number[] = [];
    const watched = (bytes: number) => {
      if (bytes % (40 * MEBIBYTE) === 0) held.push(heldBytes() - before);
    };
    const taken = measured(pieces(200), watched);
    await destination.write(id, 'files.tar.zst', Readable.from(taken.content, { objectMode: false }));
    const given = measured(await destination.read(id, 'files.tar.zst'), watched);
    await pipeline(given.content, async (content) => {
      for await (const _piece of content) continue;
    });
    expect(given.result()).toEqual(taken.result());
    expect(held.length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...held)).toBeLessThan(80 * MEBIBYTE);
  });
}

describe('a directory as destination', () => {
  let root: string;

  beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'saasodoo-backups-'))));
  afterEach(() => rm(root, { recursive: true, force: true }));

  keepsBackups(async () => ({
    destination: new DirectoryDestination(join(root, 'kept')),
    everything: async () => {
      const entries = await readdir(join(root, 'kept'), { recursive: true, withFileTypes: true }).catch(
        () => [],
      );
      const files = entries.filter((entry) => entry.isFile());
      return files
        .map((entry) => join(entry.parentPath, entry.name).slice(join(root, 'kept').length + 1))
        .sort();
    },
  }));
});

describeOnObjectStore('an object store as destination', (store) => {
  const opened: { close(): unknown }[] = [];
  const id = newId();
  let client: S3Client;
  let prefix: string;

  beforeEach(() => {
    prefix = `tests/${newId()}`;
    const { endpoint, accessKey, secretKey } = store.access();
    const credentials = { accessKeyId: accessKey, secretAccessKey: secretKey };
    client = new S3Client({ endpoint, region: 'default', forcePathStyle: true, credentials });
  });

  afterEach(async () => {
    client.destroy();
    for (const server of opened.splice(0)) await server.close();
  });

  const settings = (changes: Partial<ObjectStoreSettings> = {}): ObjectStoreSettings => {
    const { endpoint, accessKey, secretKey } = store.access();
    return {
      endpoint,
      accessKey,
      secretKey,
      region: 'default',
      pathStyle: true,
      pieceBytes: PIECE,
      ...changes,
    };
  };

  const destinationWith = (changes: Partial<ObjectStoreSettings> = {}): ObjectStoreDestination =>
    new ObjectStoreDestination(settings(changes), { bucket: store.access().bucket, prefix });

  async function uploads(): Promise<string[]> {
    const { bucket: Bucket } = store.access();
    const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: prefix }));
    return Uploads.map(({ Key = '' }) => `${Key.slice(prefix.length + 1)} under way`);
  }

  async function everything(): Promise<string[]> {
    const { bucket: Bucket } = store.access();
    const keys: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket, Prefix: prefix }))
      keys.push(...Contents.map(({ Key = '' }) => Key.slice(prefix.length + 1)));
    return [...keys, ...(await uploads())].sort();
  }

  keepsBackups(async () => ({ destination: destinationWith(), everything }));

  /** What a worker leaves that is killed while it writes. */
  async function leaveUpload(part: string): Promise<void> {
    const key = { Bucket: store.access().bucket, Key: `${prefix}/${id}/${part}` };
    const { UploadId } = await client.send(new CreateMultipartUploadCommand(key));
    await client.send(new UploadPartCommand({ ...key, UploadId, PartNumber: 1, Body: 'half' }));
  }

  test('what a dead worker left half sent goes when the part is written again, or the backup removed', async () => {
    await leaveUpload('database.dump');
    await leaveUpload('files.tar.zst');
    const destination = destinationWith();
    await destination.write(id, 'database.dump', Readable.from([Buffer.from('whole')]));
    expect(await everything()).toEqual([`${id}/database.dump`, `${id}/files.tar.zst under way`]);
    await destination.remove(id);
    expect(await everything()).toEqual([]);
  });

  test('a worker that was only thought to be dead cannot put its content over what another one wrote', async () => {
    const [frozen, other] = [destinationWith(), destinationWith()];
    let goOn: () => void = () => undefined;
    const woken = new Promise<void>((resolve) => (goOn = resolve));
    async function* slow(): AsyncGenerator<Buffer> {
      yield* pieces(12);
      await other.write(id, 'database.dump', Readable.from([Buffer.from('newer')]));
      goOn();
      yield* pieces(1);
    }
    const content = Readable.from(slow(), { objectMode: false });
    await expect(frozen.write(id, 'database.dump', content)).rejects.toMatchObject({ retryable: true });
    await woken;
    expect(await text(await destinationWith().read(id, 'database.dump'))).toBe('newer');
    expect(await everything()).toEqual([`${id}/database.dump`]);
  });

  /** Hands bytes on to the store; `watch` may cut a connection off. */
  async function proxy(watch: (answered: number, client: Socket) => void): Promise<string> {
    const { hostname, port } = new URL(store.access().endpoint);
    const server: Server = createServer((socket) => {
      const upstream = connect(Number(port), hostname);
      let answered = 0;
      upstream.on('data', (bytes) => {
        answered += bytes.length;
        watch(answered, socket);
      });
      for (const [from, to] of [
        [socket, upstream],
        [upstream, socket],
      ] as const) {
        from.pipe(to);
        from.on('error', () => to.destroy()).on('close', () => to.destroy());
      }
    });
    const listening = await freePort();
    await new Promise<void>((resolve) => server.listen(listening, '127.0.0.1', resolve));
    opened.push(server);
    return `http://127.0.0.1:${listening}`;
  }

  test('a reading goes on where its connection broke', async () => {
    const content = randomBytes(24 * MEBIBYTE);
    await destinationWith().write(id, 'database.dump', Readable.from([content]));
    let cuts = 0;
    const endpoint = await proxy((answered, socket) => {
      if (answered < 5 * MEBIBYTE || cuts === 4) return;
      cuts += 1;
      socket.destroy();
    });
    const read = await buffer(await destinationWith({ endpoint }).read(id, 'database.dump'));
    expect([cuts, createHash('sha256').update(read).digest('hex')]).toEqual([
      4,
      createHash('sha256').update(content).digest('hex'),
    ]);
  });

  test('a reading that breaks off without getting on ends with an error', async () => {
    await destinationWith().write(id, 'database.dump', Readable.from([randomBytes(8 * MEBIBYTE)]));
    const endpoint = await proxy((answered, socket) => {
      if (answered > 1000) socket.destroy();
    });
    const reading = destinationWith({ endpoint })
      .read(id, 'database.dump')
      .then((content) => buffer(content));
    await expect(reading).rejects.toMatchObject({ code: 'backup.destination_unavailable', retryable: true });
  });

  const whatIsWrong: [string, () => Partial<ObjectStoreSettings>, string, RegExp][] = [
    ['another access key', () => ({ accessKey: 'NOBODY' }), 'InvalidAccessKeyId', /BACKUP_S3_ACCESS_KEY/],
    ['another secret key', () => ({ secretKey: 'wrong' }), 'SignatureDoesNotMatch', /BACKUP_S3_SECRET_KEY/],
  ];

  test.each(whatIsWrong)('says what is wrong: %s', async (_, changes, store_code, hint) => {
    const destination = destinationWith(changes());
    const refused = {
      code: 'backup.destination_refused',
      retryable: false,
      hint: expect.stringMatching(hint),
      facts: expect.objectContaining({ store_code }),
    };
    const content = Readable.from(pieces(12), { objectMode: false });
    await expect(destination.write(id, 'database.dump', content)).rejects.toMatchObject(refused);
    await expect(destination.read(id, 'database.dump')).rejects.toMatchObject(refused);
    await expect(destination.remove(id)).rejects.toMatchObject(refused);
    expect(content.destroyed).toBe(true);
  });

  test('says that there is no such bucket, which is not a lost part', async () => {
    const destination = new ObjectStoreDestination(settings(), { bucket: 'no-such-bucket', prefix });
    const refused = { code: 'backup.destination_refused', hint: expect.stringMatching(/BACKUP_S3_BUCKET/) };
    await expect(destination.read(id, 'database.dump')).rejects.toMatchObject(refused);
    await expect(destination.remove(id)).rejects.toMatchObject(refused);
  });

  test('says that it is full', async () => {
    const admin = (...args: string[]) => store.ceph.exec('radosgw-admin', ...args);
    const small = { uid: `small-${newId()}`, accessKey: newId(), secretKey: newId() };
    admin(...['user', 'create', `--uid=${small.uid}`, '--display-name=small']);
    admin(
      ...['key', 'create', `--uid=${small.uid}`, `--access-key=${small.accessKey}`],
      `--secret=${small.secretKey}`,
    );
    admin(...['quota', 'set', '--quota-scope=user', `--uid=${small.uid}`, '--max-size=8M']);
    admin(...['quota', 'enable', '--quota-scope=user', `--uid=${small.uid}`]);
    const { endpoint } = store.access();
    const credentials = { accessKeyId: small.accessKey, secretAccessKey: small.secretKey };
    const owner = new S3Client({ endpoint, region: 'default', forcePathStyle: true, credentials });
    opened.push({ close: () => owner.destroy() });
    const bucket = `small-${newId()}`;
    await owner.send(new CreateBucketCommand({ Bucket: bucket }));
    const destination = new ObjectStoreDestination(settings(small), { bucket, prefix });
    const content = Readable.from(pieces(30), { objectMode: false });
    await expect(destination.write(id, 'database.dump', content)).rejects.toMatchObject({
      code: 'backup.destination_full',
      hint: expect.stringMatching(/Remove backups/),
    });
    const { Uploads = [] } = await owner.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
    expect(Uploads).toEqual([]);
  });

  test('is believed over TLS only with a certificate that is trusted', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'saasodoo-tls-'));
    opened.push({ close: () => rm(folder, { recursive: true }) });
    const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
    const request = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const subject = ['-subj', '/CN=store', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
    execFileSync('openssl', [...request, ...subject, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    const { hostname, port } = new URL(store.access().endpoint);
    const ca = await readFile(cert, 'utf8');
    const server = createTlsServer({ key: await readFile(key), cert: ca }, (socket) => {
      const upstream = connect(Number(port), hostname);
      socket.pipe(upstream).pipe(socket);
      socket.on('error', () => upstream.destroy()).on('close', () => upstream.destroy());
      upstream.on('error', () => socket.destroy());
    });
    const listening = await freePort();
    await new Promise<void>((resolve) => server.listen(listening, '127.0.0.1', resolve));
    opened.push(server);
    const endpoint = `https://127.0.0.1:${listening}`;
    await destinationWith({ endpoint, ca }).write(id, 'manifest.json', Readable.from([Buffer.from('{}')]));
    await expect(destinationWith({ endpoint }).read(id, 'manifest.json')).rejects.toMatchObject({
      code: 'backup.destination_refused',
      hint: expect.stringMatching(/BACKUP_S3_CA/),
    });
  });

  // Last: what administers the store waits for a gateway that died.
  test('goes away in the middle: that can be tried again, and then it works', async () => {
    const destination = destinationWith();
    await destination.write(id, 'manifest.json', Readable.from([Buffer.from('{}')]));
    const content = Readable.from(
      pieces(50, (number) => {
        if (number === 12) store.kill();
      }),
      { objectMode: false },
    );
    const away = { code: 'backup.destination_unavailable', retryable: true };
    await expect(destination.write(id, 'database.dump', content)).rejects.toMatchObject(away);
    await expect(destination.read(id, 'manifest.json')).rejects.toMatchObject(away);
    await expect(destination.remove(id)).rejects.toMatchObject(away);
    store.start();
    await destination.write(id, 'database.dump', Readable.from(pieces(12), { objectMode: false }));
    expect(await buffer(await destination.read(id, 'database.dump'))).toHaveLength(12 * MEBIBYTE);
    expect(await everything()).toEqual([`${id}/database.dump`, `${id}/manifest.json`]);
  });
});
