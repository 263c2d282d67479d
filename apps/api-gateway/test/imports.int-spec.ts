import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import { newId } from '@saasodoo/kernel';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import type { ImportListResponse } from '../src/app/imports/import-list.response';
import type { ImportResponse } from '../src/app/imports/import.response';
import type { InstanceResponse } from '../src/app/instances/instance.response';
import { announcedImport, receivedImport } from './announced-import';
import { accepted, type ApiAnswer, type ApiClient, problemOf, refusedFields } from './api-client';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';

jest.setTimeout(60_000);

const KEY = 'k'.repeat(40);

let gateway: GatewayUnderTest;
let ada: ApiClient;
let bob: ApiClient;
/** Stands in for the app that has storage. */
let receiver: Server;
let take: (incoming: IncomingMessage, answer: ServerResponse) => Promise<void>;

beforeAll(async () => {
  receiver = createServer((incoming, answer) => void take(incoming, answer));
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  const { port } = receiver.address() as AddressInfo;
  gateway = await startGateway(
    { database: await freshDatabase(), broker: await freshVhost() },
    {
      LIFECYCLE_URL: `http://127.0.0.1:${port}`,
      BACKUP_KEY: KEY,
      IMPORT_MAX_BYTES: String(512 * 1024 ** 2),
      IMPORTS_PER_CUSTOMER: '2',
    },
  );
  ada = await gateway.client.newCustomer('ada@example.com');
  bob = await gateway.client.newCustomer('bob@example.com');
}, 240_000);
beforeEach(() => sql('DELETE FROM import'));
afterAll(async () => {
  await gateway.close();
  receiver.close();
});

function sql<T>(statement: string, parameters: unknown[] = []): Promise<T[]> {
  return gateway.dataSource.query(statement, parameters);
}

/** Sends a body as it is, in pieces. */
async function send(
  path: string,
  pieces: Iterable<Buffer> | AsyncIterable<Buffer>,
  headers: Record<string, string | number> = {},
  by = ada,
): Promise<ApiAnswer> {
  const outgoing = request(new URL(path, gateway.client.url), {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${by.session?.access_token}`,
      'content-type': 'application/zip',
      ...headers,
    },
  });
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  // Who is refused may not be read to the end.
  outgoing.on('error', () => undefined).setMaxListeners(0);
  for await (const piece of pieces) {
    if (outgoing.destroyed) break;
    if (!outgoing.write(piece)) await Promise.race([once(outgoing, 'drain'), answered]);
  }
  outgoing.end();
  const [answer] = await answered;
  return {
    status: answer.statusCode ?? 0,
    headers: new Headers(Object.entries(answer.headers) as [string, string][]),
    text: await text(answer),
  };
}

/** As the lifecycle app does it when all is well. */
async function takeIn(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  const { length } = await buffer(incoming);
  const id = incoming.url?.split('/')[3];
  await sql(
    `UPDATE import SET status = 'received', sha256 = 'x', odoo_version = '14.0', contents = $3
      WHERE id = $1 AND size_bytes = $2`,
    [id, length, { database_name: 'old', modules: 1, dump_bytes: 1, files: 0, files_bytes: 0 }],
  );
  answer.end('{"status":"received"}');
}

describe('an import', () => {
  it('is announced, seen by its customer alone, and can be done without', async () => {
    const wish = { size_bytes: 1234, sha256: 'a'.repeat(64), file_name: 'shop 2026.zip' };
    const one = accepted<ImportResponse>(await ada.post('/instance/imports', wish), 201);
    expect(one).toMatchObject({ ...wish, status: 'awaiting', odoo_version: null, contents: null });
    const list = accepted<ImportListResponse>(await ada.get('/instance/imports'), 200);
    expect(list).toMatchObject({ total: 1, imports: [{ id: one.id }] });
    const path = `/instance/imports/${one.id}`;
    const wanted = { name: 'Theirs', database_name: 'theirs', admin_email: 'x@example.com' };
    const refused = [
      await bob.get(path),
      await bob.delete(path),
      await bob.post(`${path}/instance`, wanted),
      await send(`${path}/content`, [Buffer.from('x')], {}, bob),
    ];
    expect(refused.map(({ status }) => status)).toEqual([404, 404, 404, 404]);
    expect(accepted<ImportListResponse>(await bob.get('/instance/imports'), 200).total).toBe(0);
    expect(accepted<ImportResponse>(await ada.delete(path), 200).status).toBe('deleted');
    expect(problemOf(await ada.delete(path)).code).toBe('import.status_conflict');
  });

  it('is refused when it is too large, or malformed, or one too many', async () => {
    const post = (wish: object) => ada.post('/instance/imports', wish);
    expect(refusedFields(await post({ size_bytes: 512 * 1024 ** 2 + 1 }))).toEqual([
      'size_bytes import.too_large',
    ]);
    expect(refusedFields(await post({ size_bytes: 0, sha256: 'no' })).sort()).toEqual([
      'sha256 field.format',
      'size_bytes field.range',
    ]);
    const answers = await Promise.all(Array.from({ length: 6 }, () => post({ size_bytes: 1 })));
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 409, 409, 409, 409]);
    expect(problemOf(await post({ size_bytes: 1 })).code).toBe('import.too_many');
  });
});

describe('content', () => {
  it('goes through to the app that has storage, held by nobody on its way, and is written down', async () => {
    const piece = Buffer.alloc(1024 ** 2, 7);
    const count = 16;
    const id = await announcedImport(ada, count * piece.length);
    let seen:
      { key?: string | undefined; type?: string | undefined; bytes: number; hash: string } | undefined;
    let tell = (): void => undefined;
    const arrived = new Promise<void>((resolve) => (tell = resolve));
    take = async (incoming, answer) => {
      const hash = createHash('sha256');
      let bytes = 0;
      for await (const part of incoming as AsyncIterable<Buffer>) {
        hash.update(part);
        bytes += part.length;
        if (bytes > piece.length) tell();
      }
      const { authorization: key, 'content-type': type } = incoming.headers;
      seen = { key, type, bytes, hash: hash.digest('hex') };
      await sql(
        `UPDATE import SET status = 'received', sha256 = 'x', odoo_version = '14.0', contents = '{}' WHERE id = $1`,
        [id],
      );
      answer.end('{"status":"received"}');
    };
    // The last piece is not sent before most of the others have arrived.
    async function* pieces(): AsyncGenerator<Buffer> {
      for (let at = 0; at < count - 1; at += 1) yield piece;
      await arrived;
      yield piece;
    }
    const answer = await send(`/instance/imports/${id}/content`, pieces());
    expect(accepted<ImportResponse>(answer, 200)).toMatchObject({ id, status: 'received' });
    const whole = createHash('sha256');
    for (let at = 0; at < count; at += 1) whole.update(piece);
    expect(seen).toEqual({
      key: `Bearer ${KEY}`,
      type: 'application/zip',
      bytes: count * piece.length,
      hash: whole.digest('hex'),
    });
    const written = await sql(`SELECT FROM audit_entry WHERE action = 'import.receive' AND subject = $1`, [
      id,
    ]);
    expect(written).toHaveLength(1);
    const again = await send(`/instance/imports/${id}/content`, [Buffer.from('x')]);
    expect([again.status, problemOf(again).code]).toEqual([409, 'import.status_conflict']);
  });

  it('that is refused there says why, before its end or after it', async () => {
    const size = 5 * 1024 ** 2;
    const id = await announcedImport(ada, size);
    const refusal = {
      ...{ code: 'import.version_not_offered', message: 'it is of Odoo 13.0', hint: 'This site has 14.0.' },
      facts: { version: '13.0', offered: ['14.0'] },
    };
    const pieces = (): Buffer[] => Array.from({ length: 5 }, () => Buffer.alloc(1024 ** 2));
    for (const readsAll of [true, false]) {
      take = async (incoming, answer) => {
        if (readsAll) await buffer(incoming);
        answer.writeHead(422, { 'content-type': 'application/json' }).end(JSON.stringify(refusal));
      };
      const answer = await send(`/instance/imports/${id}/content`, pieces(), { 'content-length': size });
      const { code, hint, facts } = refusal;
      expect(problemOf(answer)).toMatchObject({ status: 422, code, hint, facts });
    }
    take = takeIn;
    accepted(await send(`/instance/imports/${id}/content`, pieces()), 200);
  });

  it('can be sent again when the app that has storage was away, or the customer', async () => {
    const id = await announcedImport(ada, 3);
    const path = `/instance/imports/${id}/content`;
    take = async (incoming) => void incoming.destroy();
    const away = await send(path, [Buffer.from('zip')]);
    expect([away.status, problemOf(away).code]).toEqual([503, 'import.receiver_unavailable']);
    const leaving = request(new URL(path, gateway.client.url), {
      method: 'PUT',
      headers: {
        ...{ authorization: `Bearer ${ada.session?.access_token}`, 'content-type': 'application/zip' },
        'content-length': 3,
      },
    });
    const heard = new Promise<void>((resolve) => {
      take = async (incoming) => {
        incoming.once('data', () => leaving.destroy()).once('close', resolve);
      };
    });
    leaving.on('error', () => undefined).write('z');
    await heard;
    take = takeIn;
    accepted(await send(path, [Buffer.from('zip')]), 200);
  });

  it('is looked at by its size and its type before anybody is bothered', async () => {
    const id = await announcedImport(ada, 3);
    const path = `/instance/imports/${id}/content`;
    const asked = jest.fn();
    take = async () => void asked();
    const size = await send(path, [Buffer.from('zipp')], { 'content-length': 4 });
    expect([size.status, problemOf(size).code]).toEqual([422, 'import.size_differs']);
    for (const type of ['application/json', 'text/plain', 'application/zipper']) {
      const answer = await send(path, [Buffer.from('zip')], { 'content-type': type });
      expect([answer.status, problemOf(answer).code]).toEqual([415, 'request.media_type']);
    }
    const elsewhere = await ada.call('POST', '/instance/imports', {
      headers: { 'content-type': 'application/zip' },
      body: 'zip',
    });
    expect(problemOf(elsewhere).code).toBe('request.media_type');
    expect(asked).not.toHaveBeenCalled();
  });
});

describe('an instance of an import', () => {
  const wish = (): Record<string, unknown> => {
    const database_name = `imp-${newId().slice(-12)}`;
    return { name: 'Moved', database_name, admin_email: 'me@example.com' };
  };

  it('is of the version that was sent, and is opened once', async () => {
    const id = await receivedImport(gateway, ada);
    const path = `/instance/imports/${id}/instance`;
    const headers = { 'idempotency-key': newId() };
    const wanted = { ...wish(), memory_limit: '512M', neutralise: false };
    const made = accepted<InstanceResponse>(await ada.post(path, wanted, headers), 202);
    expect(made).toMatchObject({ odoo_version: '14.0', status: 'creating', memory_limit: '512M' });
    expect(made.operation).toMatchObject({ kind: 'import', status: 'queued' });
    expect(accepted(await ada.post(path, wanted, headers), 202)).toMatchObject({ id: made.id });
    const again = await ada.post(path, wish());
    expect([again.status, problemOf(again).code]).toEqual([409, 'import.status_conflict']);
    expect(problemOf(await ada.delete(`/instance/imports/${id}`)).code).toBe('import.status_conflict');
    const [operation] = await sql<{ input: object }>('SELECT input FROM operation WHERE instance_id = $1', [
      made.id,
    ]);
    expect(operation?.input).toEqual({ import_id: id, neutralise: false });
    const one = accepted<ImportResponse>(await ada.get(`/instance/imports/${id}`), 200);
    expect(one).toMatchObject({ status: 'importing', instance_id: made.id });
  });

  it.each([
    ['an import without content', announcedImport, {}, 409, 'import.status_conflict'],
    ['files that cannot fit', undefined, { storage_limit: '100M' }, 422, 'import.storage_too_small'],
    ['a version that is not offered any more', '13.0', {}, 422, 'request.invalid'],
    ['a version of its own', undefined, { odoo_version: '14' }, 422, 'request.invalid'],
    ['a hostile name', undefined, { database_name: '../../etc' }, 422, 'request.invalid'],
  ])('is refused for %s, and the import is as it was', async (_what, from, change, status, code) => {
    const id =
      typeof from === 'function' ? await from(ada) : await receivedImport(gateway, ada, from ?? '14.0');
    const before = accepted<ImportResponse>(await ada.get(`/instance/imports/${id}`), 200);
    const answer = await ada.post(`/instance/imports/${id}/instance`, { ...wish(), ...change });
    expect([answer.status, problemOf(answer).code]).toEqual([status, code]);
    expect(accepted(await ada.get(`/instance/imports/${id}`), 200)).toEqual(before);
  });
});
