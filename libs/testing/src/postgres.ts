import { freePort } from './free-port';
import { sharedContainer } from './shared-container';
import { TestContainer, type TestContainerSpec } from './test-container';
import { testImage } from './test-image';

const PORT = 5432;

/** URL of the PostgreSQL server of this test run; TEST_POSTGRES_URL names another one. */
export async function startPostgres(): Promise<{ readonly url: string }> {
  const given = process.env['TEST_POSTGRES_URL'];
  if (given !== undefined) return { url: given };
  const ports = await sharedContainer('postgres', async () => spec(await freePort(), ['-c', 'fsync=off']));
  return { url: postgresUrl(ports.get(PORT)) };
}

/** A PostgreSQL server of its own, for tests that kill it; the caller removes `container`. */
export async function startDisposablePostgres(): Promise<{
  readonly url: string;
  readonly container: TestContainer;
}> {
  const port = await freePort();
  return { url: postgresUrl(port), container: await TestContainer.start(await spec(port, [])) };
}

async function spec(hostPort: number, settings: readonly string[]): Promise<TestContainerSpec> {
  return {
    image: await testImage('postgres'),
    environment: { POSTGRES_PASSWORD: 'test' },
    command: ['postgres', '-c', 'max_connections=300', ...settings],
    ports: new Map([[PORT, hostPort]]),
  };
}

function postgresUrl(port: number | undefined): string {
  return `postgres://postgres:test@127.0.0.1:${port}/postgres`;
}
