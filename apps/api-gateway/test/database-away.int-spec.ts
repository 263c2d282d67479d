import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { freshDatabase, freshVhost } from '@saasodoo/testing';
import { type ApiClient, problemOf } from './api-client';
import { type GatewayUnderTest, startGateway } from './gateway-under-test';

jest.setTimeout(60_000);

let gateway: GatewayUnderTest;
let relay: Relay;
let ada: ApiClient;

beforeAll(async () => {
  const database = await freshDatabase();
  relay = await Relay.to(new URL(database.url));
  const url = new URL(database.url);
  url.host = `127.0.0.1:${relay.port}`;
  gateway = await startGateway({ database: { ...database, url: url.href }, broker: await freshVhost() });
  ada = await gateway.client.newCustomer();
}, 240_000);
afterAll(() => gateway.close());

it('gives the headers of a request fifteen seconds to arrive, and its answer as long as it takes', () => {
  expect(gateway.app.getHttpServer()).toMatchObject({ headersTimeout: 15_000, timeout: 0 });
});

it('says that the database is away and when to come back, and goes on when it is there again', async () => {
  await relay.cut();
  for (const refused of [await ada.get('/instance/instances'), await ada.requestInstance()]) {
    expect(problemOf(refused)).toMatchObject({ status: 503, code: 'database.unavailable' });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.text).not.toContain('127.0.0.1');
  }
  await relay.mend();
  expect((await ada.get('/instance/instances')).status).toBe(200);
});

/** The way to a server, which a test may cut. */
class Relay {
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {
    server.on('connection', (socket) => this.sockets.add(socket));
  }

  static async to({ hostname, port }: URL): Promise<Relay> {
    const server = createServer((socket) => {
      const onward = connect(Number(port), hostname);
      for (const [one, other] of [
        [socket, onward],
        [onward, socket],
      ] as const) {
        one.on('error', () => one.destroy()).on('close', () => other.destroy());
        one.pipe(other);
      }
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    server.unref();
    return new Relay(server, (server.address() as AddressInfo).port);
  }

  async cut(): Promise<void> {
    const closed = once(this.server, 'close');
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
    await closed;
  }

  async mend(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }
}
