import { AppError, newId } from '@saasodoo/kernel';
import { brokerDefinitions, type BrokerDefinitions } from '@saasodoo/messaging';
import { freePort } from './free-port';
import { sharedContainer } from './shared-container';
import { TestContainer, type TestContainerSpec } from './test-container';
import { testImage } from './test-image';

export interface TestBroker {
  /** AMQP, virtual host `/` with the platform's topology. */
  readonly url: string;
  /** HTTP API of the management plugin. */
  readonly managementUrl: string;
}

const AMQP_PORT = 5672;
const MANAGEMENT_PORT = 15_672;
const USER = 'test';
const DEFINITIONS_FILE = '/etc/rabbitmq/definitions.json';

/** The broker of this test run; TEST_RABBITMQ_URL and TEST_RABBITMQ_MANAGEMENT_URL name another one. */
export async function startRabbitMq(): Promise<TestBroker> {
  const { TEST_RABBITMQ_URL: url, TEST_RABBITMQ_MANAGEMENT_URL: managementUrl } = process.env;
  if (url !== undefined && managementUrl !== undefined) return { url, managementUrl };
  const ports = await sharedContainer('rabbitmq', async () => spec(await twoPorts(), brokerDefinitions()));
  return address(ports);
}

/** A broker of its own, for tests that kill or wipe it; the caller removes `container`. */
export async function startDisposableRabbitMq(
  definitions: BrokerDefinitions = brokerDefinitions(),
): Promise<TestBroker & { readonly container: TestContainer }> {
  const ports = await twoPorts();
  return { ...address(ports), container: await TestContainer.start(await spec(ports, definitions)) };
}

/** AMQP URL of a virtual host that nobody else uses, with the given topology. */
export async function freshVhost(
  { exchanges, queues, bindings }: BrokerDefinitions = brokerDefinitions(),
  broker?: TestBroker,
): Promise<{ readonly url: string; remove(): Promise<void> }> {
  const { url, managementUrl } = broker ?? (await startRabbitMq());
  const vhost = `test-${newId()}`;
  await manage(managementUrl, 'PUT', `vhosts/${vhost}`);
  const topology = {
    exchanges: exchanges.map(local),
    queues: queues.map(local),
    bindings: bindings.map(local),
  };
  await manage(managementUrl, 'POST', `definitions/${vhost}`, topology);
  const address = new URL(url);
  address.pathname = `/${vhost}`;
  return { url: address.href, remove: () => manage(managementUrl, 'DELETE', `vhosts/${vhost}`) };
}

/** Calls the management API, `path` behind `/api/`. Throws `testing.management_refused`. */
export async function manage(
  managementUrl: string,
  method: string,
  path: string,
  body?: object,
): Promise<void> {
  const { origin, username, password } = new URL(managementUrl);
  const response = await fetch(`${origin}/api/${path}`, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw AppError.terminal(
      'testing.management_refused',
      `${method} ${path}: ${response.status} ${await response.text()}`,
    );
  }
}

/** An import into one virtual host names it in the path alone. */
function local<T extends { readonly vhost: string }>({ vhost: _vhost, ...rest }: T): Omit<T, 'vhost'> {
  return rest;
}

async function twoPorts(): Promise<ReadonlyMap<number, number>> {
  return new Map([
    [AMQP_PORT, await freePort()],
    [MANAGEMENT_PORT, await freePort()],
  ]);
}

function address(ports: ReadonlyMap<number, number>): TestBroker {
  return {
    url: `amqp://${USER}:${USER}@127.0.0.1:${ports.get(AMQP_PORT)}`,
    managementUrl: `http://${USER}:${USER}@127.0.0.1:${ports.get(MANAGEMENT_PORT)}`,
  };
}

async function spec(
  ports: ReadonlyMap<number, number>,
  topology: BrokerDefinitions,
): Promise<TestContainerSpec> {
  const definitions = {
    ...topology,
    users: [{ name: USER, password: USER, tags: ['administrator'] }],
    permissions: [{ user: USER, vhost: '/', configure: '.*', write: '.*', read: '.*' }],
  };
  return {
    image: await testImage('rabbitmq'),
    environment: {},
    hostname: 'rabbitmq',
    files: [
      { target: DEFINITIONS_FILE, content: JSON.stringify(definitions) },
      { target: '/etc/rabbitmq/conf.d/90-test.conf', content: `load_definitions = ${DEFINITIONS_FILE}\n` },
    ],
    ports,
  };
}
