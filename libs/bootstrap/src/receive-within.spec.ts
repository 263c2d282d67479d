import { once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import fastify from 'fastify';
import { RECEIVES_SLOWLY, receiveWithin } from './receive-within';

const never = new Promise(() => undefined);

describe('receiveWithin', () => {
  const server = fastify();
  receiveWithin(server, 40, 80);
  server.addContentTypeParser('application/zip', (_request, body, done) => done(null, body));
  server.post('/quick', async () => ({}));
  server.get('/long', async () => {
    await answerTo('/quick', never);
    return 'at last';
  });
  server.post('/refusing', { config: RECEIVES_SLOWLY }, async (_request, reply) => reply.status(422).send());
  server.post('/slow', { config: RECEIVES_SLOWLY }, async () => ({}));

  beforeAll(() => server.listen({ port: 0, host: '127.0.0.1' }));
  afterAll(() => server.close());

  /** What is answered to a request whose body stops in the middle and goes on when `rest` is over. */
  async function answerTo(path: string, rest: Promise<unknown>): Promise<string> {
    const { port } = server.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    let answer = '';
    socket.on('data', (bytes: Buffer) => (answer += bytes.toString()));
    const closed = once(socket, 'close');
    const head = 'host: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: 2';
    socket.write(`POST ${path} HTTP/1.1\r\n${head}\r\n\r\n{`);
    await Promise.race([rest, closed]);
    if (!socket.destroyed) socket.end('}');
    await closed;
    return answer;
  }

  it('cuts off a request that does not arrive in its time', async () => {
    expect(await answerTo('/quick', never)).toBe('');
  });

  it('waits for what is sent to a route that takes its time', async () => {
    // As long as it took to cut another one off, and begun later.
    const another = answerTo('/quick', never);
    expect(await answerTo('/slow', another)).toMatch(/^HTTP\/1.1 200/);
  });

  it('lets an answer take longer', async () => {
    const { port } = server.server.address() as AddressInfo;
    expect(await (await fetch(`http://127.0.0.1:${port}/long`)).text()).toBe('at last');
  });

  it('does not wait for the rest of what was answered already', async () => {
    const { port } = server.server.address() as AddressInfo;
    const socket = connect(port, '127.0.0.1');
    const closed = once(socket, 'close');
    const head = 'host: x\r\ncontent-type: application/zip\r\ncontent-length: 100';
    socket.write(`POST /refusing HTTP/1.1\r\n${head}\r\n\r\nbegun`);
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 422/);
    await closed;
  });
});
