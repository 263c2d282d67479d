import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { AppError } from '@saasodoo/kernel';
import { connectSwarm, type Swarm } from '../swarm';

const ID = 'a'.repeat(25);
const SPEC = {
  name: 'odoo-acme',
  labels: { 'saasodoo.instance.id': 'one' },
  image: 'odoo:17',
  environment: { HOST: 'postgres' },
};

interface Seen {
  readonly method: string | undefined;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

type Reply = (request: Seen, response: ServerResponse) => void;

/** What goes over the wire, seen by an HTTP server in the engine's place. */
describe('the wire to the engine', () => {
  let server: Server;
  let swarm: Swarm | undefined;
  let seen: Seen[];
  let reply: Reply;
  let version: { readonly ApiVersion: string; readonly MinAPIVersion: string };

  beforeEach(async () => {
    seen = [];
    version = { ApiVersion: '1.41', MinAPIVersion: '1.12' };
    reply = (_request, response) => void response.writeHead(404).end('{"message":"nothing here"}');
    server = createServer((request, response) => void receive(request, response));
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  });

  afterEach(async () => {
    swarm?.close();
    swarm = undefined;
    server.closeAllConnections();
    await new Promise((resolve) => void server.close(resolve));
  });

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { method, url = '', headers } = request;
    response.setHeader('Content-Type', 'application/json');
    if (url === '/version') return void response.end(JSON.stringify(version));
    const one = { method, url, headers, body: Buffer.concat(await request.toArray()).toString() };
    seen.push(one);
    reply(one, response);
  };

  const connect = async (timeoutMs = 2_000): Promise<Swarm> => {
    const { port } = server.address() as AddressInfo;
    swarm = await connectSwarm({ host: `tcp://127.0.0.1:${port}`, timeoutMs });
    return swarm;
  };

  const service = (spec: string): string =>
    JSON.stringify({
      ID,
      Version: { Index: 7 },
      CreatedAt: '2026-11-23T21:00:00Z',
      UpdatedAt: '2026-11-23T21:00:00Z',
      Spec: JSON.parse(spec) as unknown,
    });

  /** Answers as an engine does that keeps the spec it was given. */
  const keeping = (create: Reply): Reply => {
    let kept = '';
    return (request, response) => {
      if (request.url.endsWith('/create')) {
        kept = request.body;
        create(request, response);
      } else if (/\/(services|secrets)\?/.test(request.url))
        response.end(kept === '' ? '[]' : `[${service(kept)}]`);
      else if (request.url.endsWith('/update?version=7')) response.end('{}');
      else response.end(service(kept));
    };
  };

  const created: Reply = (_request, response) => void response.writeHead(201).end(JSON.stringify({ ID }));

  it('sends a spec in the body of a versioned request, never in a header or the address', async () => {
    reply = keeping(created);
    await (await connect()).services.create(SPEC);
    const [request] = seen;
    expect(request).toMatchObject({ method: 'POST', url: '/v1.41/services/create' });
    expect(request?.headers).not.toHaveProperty('x-registry-auth');
    expect(JSON.parse(request?.body ?? '')).toMatchObject({
      Name: 'odoo-acme',
      Mode: { Replicated: { Replicas: 1 } },
    });
  });

  it('updates with the version it read and the whole spec', async () => {
    reply = keeping(created);
    const { services } = await connect();
    await services.create(SPEC);
    await services.scale(ID, 0);
    const request = seen.find((one) => one.url.includes('/update'));
    expect(request).toMatchObject({ method: 'POST', url: `/v1.41/services/${ID}/update?version=7` });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      ...(JSON.parse(seen[0]?.body ?? '') as object),
      Mode: { Replicated: { Replicas: 0 } },
    });
  });

  const breaks: Reply = (_request, response) => void response.destroy();
  const never: Reply = () => undefined;
  const fails: Reply = (_request, response) => void response.writeHead(500).end('{"message":"deadline"}');

  it.each([
    ['breaks the connection', breaks],
    ['never answers', never],
    ['answers 500', fails],
  ])('finds the service when the engine creates it and %s', async (_what, create) => {
    reply = keeping(create);
    const ref = await (await connect(1_500)).services.create(SPEC);
    expect(ref).toMatchObject({ id: ID, adopted: true });
    expect(seen.filter((request) => request.method === 'POST')).toHaveLength(1);
  });

  describe('a create that its caller aborts', () => {
    const { name, labels } = SPEC;
    const reason = AppError.terminal('operation.cancelled', 'the operation was cancelled');
    const kinds = {
      service: ({ services }: Swarm, signal: AbortSignal) => services.create(SPEC, { signal }),
      secret: ({ secrets }: Swarm, signal: AbortSignal) =>
        secrets.create({ name, labels, data: 'hidden', signal }),
    };

    it.each([
      ['service', 'answers', created],
      ['secret', 'answers', created],
      ['service', 'breaks the connection', breaks],
      ['secret', 'breaks the connection', breaks],
    ] as const)(
      'leaves no %s behind that cannot be listed: the engine %s late',
      async (kind, _what, answer) => {
        const controller = new AbortController();
        let late: () => void = () => undefined;
        const arrived = new Promise<void>((resolve) => {
          reply = keeping((request, response) => {
            late = () => answer(request, response);
            resolve();
          });
        });
        const engine = await connect();
        const settled = jest.fn();
        const creation = kinds[kind](engine, controller.signal).finally(settled);
        const refusal = expect(creation).rejects.toBe(reason);
        await arrived;
        controller.abort(reason);
        const listed = () => (kind === 'service' ? engine.services : engine.secrets).list({ labels });
        await listed();
        expect(settled).not.toHaveBeenCalled();
        late();
        await refusal;
        expect(await listed()).toMatchObject([{ id: ID, name, labels }]);
      },
    );

    it('before it began sends nothing', async () => {
      reply = keeping(created);
      const engine = await connect();
      await expect(kinds.service(engine, AbortSignal.abort(reason))).rejects.toBe(reason);
      expect(seen).toEqual([]);
    });
  });

  it("says so when the engine's answer is lost and nothing was created", async () => {
    reply = (request, response) => {
      if (request.method === 'POST') response.destroy();
      else response.end('[]');
    };
    await expect((await connect()).services.create(SPEC)).rejects.toMatchObject({
      code: 'swarm.connection_lost',
      retryable: true,
    });
  });

  it('gives up an engine that does not answer', async () => {
    reply = never;
    await expect((await connect(1_000)).services.list()).rejects.toMatchObject({
      code: 'swarm.timeout',
      retryable: true,
    });
  });

  it('stops at once when the caller aborts', async () => {
    reply = never;
    const { services } = await connect();
    const controller = new AbortController();
    const removal = services.remove(ID, { signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(removal).rejects.toThrow('enough');
  });

  it('refuses answers of another shape instead of passing them on', async () => {
    reply = (_request, response) => void response.end('{"not":"a list"}');
    await expect((await connect()).services.list()).rejects.toMatchObject({
      code: 'swarm.unexpected_answer',
    });
    reply = (_request, response) => void response.end('plain words');
    await expect((await connect()).tasks.listAll()).rejects.toMatchObject({
      code: 'swarm.unexpected_answer',
    });
  });

  it('speaks the newest version both know, and says what it can do', async () => {
    version = { ApiVersion: '1.99', MinAPIVersion: '1.44' };
    reply = (_request, response) => void response.end('[]');
    const { services, capabilities } = await connect();
    await services.list();
    expect(seen[0]?.url).toMatch(/^\/v1\.51\/services\?/);
    expect(capabilities).toMatchObject({ apiVersion: '1.51', startInterval: true, noNewPrivileges: true });
  });

  it('refuses an engine that is too old, and one that is not there', async () => {
    version = { ApiVersion: '1.40', MinAPIVersion: '1.12' };
    await expect(connect()).rejects.toMatchObject({ code: 'swarm.engine_too_old', retryable: false });
    await expect(connectSwarm({ host: '/no/such/docker.sock' })).rejects.toMatchObject({
      code: 'swarm.unreachable',
    });
  });
});
