import { GenericContainer, getContainerRuntimeClient, Wait } from 'testcontainers';
import { removeAfterRun, remove, testLabels } from './test-run';

export interface TestContainerSpec {
  readonly image: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly files?: readonly { readonly target: string; readonly content: string }[];
  /** Host ports by container port; they stay the same when the container is started again. */
  readonly ports: ReadonlyMap<number, number>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly hostname?: string;
}

const STARTUP_TIMEOUT_MS = 180_000;

/** A container that a test may kill, start again and wipe, behind ports that stay the same. */
export class TestContainer {
  private constructor(
    private readonly spec: TestContainerSpec,
    private id: string,
  ) {}

  /** Resolves when it listens on all its ports. */
  static async start(spec: TestContainerSpec): Promise<TestContainer> {
    return new TestContainer(spec, await launch(spec));
  }

  /** SIGKILL; its data stay. */
  async kill(): Promise<void> {
    await (await this.container()).kill();
  }

  /** Starts it again with its data; does not wait until it is ready. */
  async resume(): Promise<void> {
    await (await this.container()).start();
  }

  /** SIGKILL and start again with an empty disk; resolves when it listens. */
  async wipe(): Promise<void> {
    await remove(this.id);
    this.id = await launch(this.spec);
  }

  async remove(): Promise<void> {
    await remove(this.id);
  }

  private async container(): Promise<{ kill(): Promise<unknown>; start(): Promise<unknown> }> {
    return (await getContainerRuntimeClient()).container.getById(this.id);
  }
}

async function launch(spec: TestContainerSpec): Promise<string> {
  // Its reaper is an image of its own, which an offline machine does not have; removeAfterRun stands in for it.
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  const container = new GenericContainer(spec.image)
    .withEnvironment({ ...spec.environment })
    .withLabels({ ...testLabels, ...spec.labels })
    .withExposedPorts(...[...spec.ports].map(([inside, host]) => ({ container: inside, host })))
    .withCopyContentToContainer((spec.files ?? []).map((file) => ({ ...file, mode: 0o644 })))
    .withWaitStrategy(Wait.forListeningPorts())
    .withStartupTimeout(STARTUP_TIMEOUT_MS);
  if (spec.command !== undefined) container.withCommand([...spec.command]);
  if (spec.hostname !== undefined) container.withHostname(spec.hostname);
  const started = await container.start();
  removeAfterRun(started.getId());
  return started.getId();
}
