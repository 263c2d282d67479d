import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as httpRequest,
  type RequestListener,
  type Server,
} from 'node:http';
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket,
} from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { InstanceRoute } from '@saasodoo/instances/data-access';
import { Metrics } from '@saasodoo/observability';
import { EdgeMetrics } from './edge-metrics';
import { ClientAddresses } from './client-addresses';
import { EdgeServer } from './edge-server';
import { Forwarder } from './proxy/forwarder';
import { UpstreamAgents } from './proxy/upstream-agents';
import { Router } from './routing/router';

const KIB = 1024;
const MIB = 1024 ** 2;
const BIG = 200 * MIB;
const REQUESTS_PER_CLIENT = 200;

interface Asked {
  readonly host?: string;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Readable | string;
}

interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

describe('EdgeServer', () => {
  const routes = new Map<string, InstanceRoute>();
  const open: { close(): unknown }[] = [];
  let edge: EdgeServer;
  let router: Router;
  let agents: UpstreamAgents;
  let metrics: Metrics;
  let port: number;
  let upstream: Server;
  let answer: RequestListener;

  beforeEach(async () => {
    answer = (_request, response) => response.end('odoo');
    upstream = createServer((request, response) => answer(request, response));
    upstream.requestTimeout = 0;
    const upstreamPort = await listen(upstream);
    serve('acme', `http://127.0.0.1:${upstreamPort}`);
    metrics = new Metrics();
    agents = new UpstreamAgents({ toInstance: 64, toGateway: 128 });
    const edgeMetrics = new EdgeMetrics(metrics);
    const source = { findRoute: (name: string) => Promise.resolve(routes.get(name)) };
    router = new Router(source, {
      baseDomain: 'localhost',
      gatewayUrl: `http://127.0.0.1:${upstreamPort}`,
    });
    edge = new EdgeServer(router, new Forwarder(agents, edgeMetrics), edgeMetrics, {
      port: 0,
      publicScheme: 'https',
      clientAddresses: new ClientAddresses('10.0.0.0/8'),
      requestsPerClient: REQUESTS_PER_CLIENT,
    });
    port = await edge.listen();
  });

  afterEach(async () => {
    upstream.closeAllConnections();
    await edge.close();
    agents.close();
    for (const server of open.splice(0)) server.close();
    routes.clear();
  });

  describe('sending on', () => {
    it('serves an instance and the gateway by their hosts', async () => {
      answer = (request, response) =>
        response.setHeader('x-upstream', 'yes').end(`${request.headers.host} ${request.url}`);
      await expect(ask({ host: 'acme.localhost:8000', path: '/web?db=a%20b' })).resolves.toMatchObject({
        status: 200,
        body: 'acme.localhost:8000 /web?db=a%20b',
      });
      await expect(ask({ host: 'api.localhost' })).resolves.toMatchObject({ body: 'api.localhost /' });
      expect(await outcome('proxied')).toBe(2);
    });

    it('says who the client is and lets nobody else say it', async () => {
      answer = (request, response) => response.end(JSON.stringify(request.headers));
      const { body } = await ask({
        host: 'acme.localhost',
        headers: {
          'x-forwarded-for': '6.6.6.6',
          'x-forwarded-host': 'evil.org',
          'x-forwarded-proto': 'ftp',
          'x-forwarded-port': '666',
          forwarded: 'for=6.6.6.6',
          'x-real-ip': '6.6.6.6',
          'x-odoo-database': 'other',
          'proxy-authorization': 'Basic eA==',
          te: 'trailers',
          connection: 'close, x-private, content-length',
          'x-private': 'hop',
          cookie: 'session_id=1',
        },
      });
      const received = JSON.parse(body) as Record<string, string>;
      expect(received).toMatchObject({
        host: 'acme.localhost',
        cookie: 'session_id=1',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-host': 'acme.localhost',
        'x-forwarded-proto': 'https',
        'x-real-ip': '127.0.0.1',
      });
      for (const gone of [
        'x-odoo-database',
        'x-private',
        'te',
        'proxy-authorization',
        'forwarded',
        'x-forwarded-port',
      ]) {
        expect(received).not.toHaveProperty(gone);
      }
    });

    it('hands errors and redirects of the instance on as they are', async () => {
      answer = (_request, response) =>
        response.writeHead(303, { location: '/web/login', 'set-cookie': ['a=1', 'b=2'] }).end();
      const { status, headers } = await ask({ host: 'acme.localhost' });
      expect({ status, location: headers.location, cookies: headers['set-cookie'] }).toEqual({
        status: 303,
        location: '/web/login',
        cookies: ['a=1', 'b=2'],
      });
    });

    it('accepts large headers', async () => {
      answer = (request, response) => response.end(String(request.headers.cookie?.length));
      upstream.maxHeadersCount = 0;
      const cookie = 'c'.repeat(12_000);
      await expect(ask({ host: 'acme.localhost', headers: { cookie } })).resolves.toMatchObject({
        body: '12000',
      });
    });

    it('carries on in HTTP/1.1 when a client offers another protocol', async () => {
      const { status } = await ask({
        host: 'acme.localhost',
        headers: { connection: 'upgrade', upgrade: 'h2c' },
      });
      expect(status).toBe(200);
    });

    it('streams an upload and a download without keeping them', async () => {
      let received = 0;
      answer = (request, response) => {
        request.on('data', (chunk: Buffer) => (received += chunk.length));
        request.on('end', () => Readable.from(zeros(BIG)).pipe(response));
      };
      const held = memoryInUse();
      let most = 0;
      const sample = (): void => void (most = Math.max(most, memoryInUse() - held));
      const response = await send({ method: 'POST', body: Readable.from(zeros(BIG, sample)) });
      let downloaded = 0;
      for await (const chunk of response) {
        downloaded += (chunk as Buffer).length;
        if (downloaded % (16 * MIB) < 64 * KIB) sample();
      }
      expect([received, downloaded]).toEqual([BIG, BIG]);
      // Client, edge and upstream share this process: what is in flight between them is all there may be.
      expect(most).toBeLessThan(BIG / 2);
    }, 60_000);

    it('asks 200 at once through capped connections', async () => {
      const answers = await Promise.all(Array.from({ length: 200 }, () => ask({ host: 'acme.localhost' })));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    });
  });

  describe('explaining', () => {
    it('has a page with a code for every other host', async () => {
      await expect(ask({ host: 'nobody.localhost' })).resolves.toMatchObject({
        status: 404,
        body: expect.stringContaining('instance.not_found') as string,
      });
      await expect(ask({ host: 'evil.org' })).resolves.toMatchObject({
        status: 404,
        body: expect.stringContaining('host.unknown') as string,
      });
      const page = await ask({ host: 'nobody.localhost', headers: { accept: 'text/html' } });
      expect(page.headers['content-type']).toContain('text/html');
      expect(page.body).toContain('No such instance');
    });

    it('says why an instance is not there', async () => {
      serve('acme', 'http://127.0.0.1:9', { status: 'creating' });
      const creating = await ask({ host: 'acme.localhost', headers: { accept: 'text/html' } });
      expect(creating).toMatchObject({ status: 503, headers: { 'retry-after': '2' } });
      expect(creating.body).toContain('http-equiv="refresh"');
      serve('acme', 'http://127.0.0.1:9', { status: 'suspended', billingStatus: 'payment_required' });
      await expect(ask({ host: 'acme.localhost' })).resolves.toMatchObject({
        status: 402,
        body: expect.stringContaining('payment') as string,
      });
    });

    it('answers HEAD without a body', async () => {
      await expect(ask({ host: 'nobody.localhost', method: 'HEAD' })).resolves.toMatchObject({
        status: 404,
        body: '',
      });
    });

    it.each(['DELETE', 'OPTIONS'])(
      'refuses a %s whose body has no length, which could hide another request',
      async (method) => {
        const reply = await raw(
          `${method} / HTTP/1.1\r\nHost: acme.localhost\r\nTransfer-Encoding: chunked\r\n\r\n1c\r\nGET /hidden HTTP/1.1\r\nX: y\r\n\r\n0\r\n\r\n`,
        );
        expect(reply).toMatch(/^HTTP\/1\.1 411 /);
      },
    );

    it('refuses a target that is not a URL', async () => {
      const reply = await raw('GET http://[ HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n');
      expect(reply).toMatch(/^HTTP\/1\.1 400 /);
      expect(reply).toContain('request.malformed');
    });

    it('stays alive through malformed requests', async () => {
      for (const junk of [
        '\u0000\u0001\u0002\r\n\r\n',
        'GET / HTTP/1.1\r\nHost: acme.localhost\r\nHost: b\r\nConnection: close\r\n\r\n',
        `GET / HTTP/1.1\r\nHost: ${'x'.repeat(70_000)}\r\n\r\n`,
      ]) {
        await expect(raw(junk)).resolves.toMatch(/^HTTP\/1\.1 4\d\d /);
      }
      await expect(ask({ host: 'acme.localhost' })).resolves.toMatchObject({ status: 200 });
    });
  });

  describe('one client of many', () => {
    it('has so many requests at once and no more, and may come back when one has ended', async () => {
      const held: (() => void)[] = [];
      answer = (_request, response) => held.push(() => void response.end('late'));
      serve('other', `http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
      // More than one host has connections for: the rest waits in the edge, and counts all the same.
      const asked = Array.from({ length: REQUESTS_PER_CLIENT }, () => ask({ method: 'POST', body: 'x' }));
      await requestsReach(REQUESTS_PER_CLIENT);
      const refused = await ask({ host: 'other.localhost' });
      expect(refused).toMatchObject({ status: 429, headers: { 'retry-after': '1' } });
      expect(refused.body).toContain('client.too_many_requests');
      expect((await upgrade('other.localhost')).head).toMatch(/^HTTP\/1\.1 429 /);
      answer = (_request, response) => response.end('now');
      held.forEach((release) => release());
      await Promise.all(asked);
      await expect(ask({ host: 'other.localhost' })).resolves.toMatchObject({ status: 200, body: 'now' });
    });

    it('cannot keep others from the gateway, which has more connections than an instance', async () => {
      const held: (() => void)[] = [];
      answer = (request, response) => {
        if (request.url === '/now') response.end('now');
        else held.push(() => void response.end('late'));
      };
      const post = (path: string) => ask({ host: 'api.localhost', method: 'POST', body: 'x', path });
      const slow = Array.from({ length: 100 }, () => post('/slow'));
      await requestsReach(100);
      await expect(post('/now')).resolves.toMatchObject({ body: 'now' });
      held.forEach((release) => release());
      expect((await Promise.all(slow)).filter(({ body }) => body === 'late')).toHaveLength(100);
    });
  });

  describe('upstreams that fail', () => {
    it('waits for an instance that is back in a moment', async () => {
      const spare = await freePort();
      serve('acme', `http://127.0.0.1:${spare}`);
      const asked = ask({ host: 'acme.localhost' });
      const late = createServer((_request, response) => response.end('back'));
      await metricReaches('saasodoo_edge_retries_total', 1);
      await listen(late, spare);
      await expect(asked).resolves.toMatchObject({ status: 200, body: 'back' });
    });

    it.each([
      ['refuses', 'http://127.0.0.1:9'],
      ['has no name in DNS', 'http://odoo-nobody.invalid:8069'],
    ])('shows the holding page when the instance %s', async (_how, url) => {
      serve('acme', url);
      const { status, headers, body } = await ask({ host: 'acme.localhost' });
      expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 503, retryAfter: '2' });
      expect(body).toContain('instance.unreachable');
      expect(await outcome('instance.unreachable')).toBe(1);
    });

    it('does not repeat what may have had its effect', async () => {
      let asked = 0;
      answer = (request) => {
        asked += 1;
        request.socket.destroy();
      };
      await expect(ask({ host: 'acme.localhost', method: 'POST', body: 'x' })).resolves.toMatchObject({
        status: 502,
        body: expect.stringContaining('upstream.answer_lost') as string,
      });
      expect(asked).toBe(1);
    });

    it('breaks an answer off when the instance dies in the middle of it', async () => {
      answer = (_request, response) => {
        response.writeHead(200, { 'content-length': '1000' }).write('half', () => response.socket?.destroy());
      };
      await expect(ask({ host: 'acme.localhost' })).rejects.toMatchObject({ code: 'ECONNRESET' });
      answer = (_request, response) => response.end('again');
      await expect(ask({ host: 'acme.localhost' })).resolves.toMatchObject({ body: 'again' });
    });

    it('stops the instance when the client goes away', async () => {
      const gone = new Promise<void>((resolve) => {
        answer = (_request, response) => {
          response.write('…');
          response.once('close', resolve);
        };
      });
      const response = await send({ host: 'acme.localhost' });
      response.on('error', () => undefined).destroy();
      await expect(gone).resolves.toBeUndefined();
    });

    it.each(['042', '199'])('makes an answer of status %s a bad gateway', async (status) => {
      const odd = createTcpServer((socket) => {
        socket
          .on('error', () => undefined)
          .once('data', () => {
            socket.end(`HTTP/1.1 ${status} X\r\nContent-Length: 2\r\n\r\nhi`);
          });
      });
      serve('acme', `http://127.0.0.1:${await listen(odd)}`);
      await expect(ask({ host: 'acme.localhost' })).resolves.toMatchObject({ status: 502 });
    });

    it('ends one request, not itself, over what nobody foresaw', async () => {
      jest.spyOn(router, 'destinationOf').mockRejectedValue(new Error('unforeseen'));
      await expect(ask({ host: 'acme.localhost' })).rejects.toMatchObject({ code: 'ECONNRESET' });
      const socket = connect(port, '127.0.0.1');
      socket.write(
        'GET / HTTP/1.1\r\nHost: a.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      );
      await once(
        socket.on('error', () => undefined),
        'close',
      );
      expect(await outcome('failed')).toBe(2);
    });

    it('survives an upstream that does not speak HTTP', async () => {
      const babbler = createTcpServer((socket) =>
        socket.on('error', () => undefined).end('220 smtp ready\r\n'),
      );
      babbler.listen(0, '127.0.0.1');
      await once(babbler, 'listening');
      open.push(babbler);
      serve('acme', `http://127.0.0.1:${(babbler.address() as AddressInfo).port}`);
      await expect(ask({ host: 'acme.localhost' })).resolves.toMatchObject({ status: 502 });
    });
  });

  describe('websockets', () => {
    beforeEach(() => {
      upstream.on('upgrade', (request: IncomingMessage, socket: Socket, head: Buffer) => {
        socket.on('error', () => undefined);
        socket.write(
          `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nX-Seen: ${String(request.headers['x-forwarded-host'])}\r\n\r\n`,
        );
        socket.write(head);
        socket.pipe(socket);
      });
    });

    it('connects the client with the instance, byte for byte, both ways', async () => {
      const { socket, head } = await upgrade('acme.localhost');
      expect(head).toContain('101 Switching Protocols');
      expect(head).toContain('X-Seen: acme.localhost'.toLowerCase());
      const echoed = once(socket, 'data');
      socket.write('ping');
      expect(String((await echoed)[0])).toBe('ping');
      socket.destroy();
      await metricReaches('saasodoo_edge_websockets_open', 0);
    });

    it('hands on what the client says before it is answered', async () => {
      const socket = connect(port, '127.0.0.1');
      socket.write(`${UPGRADE}early `);
      const answered = once(socket, 'data') as Promise<[Buffer]>;
      socket.write('bird');
      let heard = String((await answered)[0]);
      while (!heard.endsWith('early bird')) heard += String((await once(socket, 'data'))[0]);
      expect(heard).toMatch(/^HTTP\/1\.1 101 /);
      socket.destroy();
    });

    it('explains what it cannot connect', async () => {
      expect((await upgrade('nobody.localhost')).head).toMatch(/^HTTP\/1\.1 404 /);
      serve('acme', 'http://127.0.0.1:9');
      expect((await upgrade('acme.localhost')).head).toMatch(/^HTTP\/1\.1 503 /);
    });

    describe('that the instance answers by plain HTTP', () => {
      it('ends the request when the client goes away before the answer', async () => {
        const gone = new Promise<void>((resolve) => {
          upstream.removeAllListeners('upgrade');
          answer = (request) => {
            request.socket.once('close', () => resolve());
            socket.destroy();
          };
        });
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        socket.write(UPGRADE);
        await expect(gone).resolves.toBeUndefined();
      });

      it('takes no more of the answer than the client reads', async () => {
        upstream.removeAllListeners('upgrade');
        let sent = 0;
        answer = (_request, response) => {
          response.writeHead(200, { 'content-length': BIG });
          Readable.from(zeros(BIG))
            .on('data', (chunk: Buffer) => (sent += chunk.length))
            .pipe(response)
            .on('error', () => undefined);
        };
        const held = memoryInUse();
        const socket = connect(port, '127.0.0.1').on('error', () => undefined);
        socket.write(UPGRADE);
        await once(socket, 'readable');
        await standsStill(() => sent);
        expect(sent).toBeLessThan(BIG / 2);
        expect(memoryInUse() - held).toBeLessThan(BIG / 4);
        let received = 0;
        for await (const chunk of socket) received += (chunk as Buffer).length;
        expect(received).toBeGreaterThan(BIG);
      }, 60_000);
    });

    it('closes them when the edge stops', async () => {
      const { socket } = await upgrade('acme.localhost');
      const closed = once(socket, 'close');
      await edge.close();
      await closed;
      expect(socket.destroyed).toBe(true);
    });
  });

  function serve(name: string, internalUrl: string, changes: Partial<InstanceRoute> = {}): void {
    routes.set(name, {
      instanceId: '0197a000-0000-7000-8000-000000000001',
      name,
      status: 'running',
      desiredState: 'running',
      billingStatus: 'paid',
      serviceName: `odoo-${name}-0197a000`,
      suspensionMessage: null,
      internalUrl,
      ...changes,
    });
  }

  async function send({
    host = 'acme.localhost',
    path = '/',
    method = 'GET',
    headers = {},
    body,
  }: Asked): Promise<IncomingMessage> {
    const outgoing = httpRequest({
      host: '127.0.0.1',
      port,
      path,
      method,
      headers: { host, ...headers },
      agent: false,
    });
    const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
    if (body instanceof Readable) await Promise.all([pipeline(body, outgoing), answered]);
    else outgoing.end(body);
    return (await answered)[0];
  }

  async function ask(asked: Asked): Promise<Answered> {
    const response = await send(asked);
    return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
  }

  /** Writes bytes as they are and reads until the edge closes. */
  async function raw(bytes: string): Promise<string> {
    const socket = connect(port, '127.0.0.1');
    socket.write(bytes);
    return text(socket);
  }

  async function upgrade(host: string): Promise<{ socket: Socket; head: string }> {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    socket.write(
      `GET /websocket HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    const [head] = (await once(socket, 'data')) as [Buffer];
    return { socket, head: head.toString() };
  }

  function requestsReach(wanted: number): Promise<void> {
    return metricReaches('saasodoo_edge_requests_open', wanted);
  }

  async function listen(server: Server | TcpServer, wanted = 0): Promise<number> {
    open.push(server);
    server.listen(wanted, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }

  async function metric(name: string): Promise<number> {
    const { body } = await metrics.expose();
    const line = body.split('\n').find((candidate) => candidate.startsWith(`${name} `));
    return Number(line?.split(' ')[1] ?? 0);
  }

  function outcome(name: string): Promise<number> {
    return metric(`saasodoo_edge_requests_total{outcome="${name}"}`);
  }

  async function metricReaches(name: string, wanted: number): Promise<void> {
    while ((await metric(name)) !== wanted) await new Promise(setImmediate);
  }
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Every 16 MiB somebody may look around. */
function* zeros(bytes: number, look: () => void = () => undefined): Generator<Buffer> {
  const chunk = Buffer.alloc(64 * KIB);
  for (let sent = 0; sent < bytes; sent += chunk.length) {
    if (sent % (16 * MIB) === 0) look();
    yield chunk;
  }
}

/** What is really held: garbage that nobody collected yet says nothing. */
function memoryInUse(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  return process.memoryUsage().arrayBuffers;
}

const UPGRADE =
  'GET /websocket HTTP/1.1\r\nHost: acme.localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n\r\n';

/** Resolves when a count has stayed the same over many turns of the event loop. */
async function standsStill(count: () => number): Promise<void> {
  for (let seen = -1, turns = 0; turns < 2_000; turns += 1) {
    if (seen !== count()) [seen, turns] = [count(), 0];
    await new Promise(setImmediate);
  }
}
