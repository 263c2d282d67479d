import { getContainerRuntimeClient } from 'testcontainers';
import { TestContainer, type TestContainerSpec } from './test-container';
import { removeLeftovers, testRunId } from './test-run';
import { withRunLock } from './with-run-lock';

const SHARED_LABEL = 'saasodoo.test.shared';

/**
 * Host ports by container port of the one container `name` of this test run, which is started by the first test file
 * that asks and removed when the run ends.
 */
export function sharedContainer(
  name: string,
  makeSpec: () => Promise<TestContainerSpec>,
): Promise<ReadonlyMap<number, number>> {
  return withRunLock(name, () => findOrStart(name, makeSpec));
}

async function findOrStart(
  name: string,
  makeSpec: () => Promise<TestContainerSpec>,
): Promise<ReadonlyMap<number, number>> {
  const value = `${name}.${testRunId}`;
  const { container } = await getContainerRuntimeClient();
  const found = await container.fetchByLabel(SHARED_LABEL, value);
  if (found !== undefined) {
    const { NetworkSettings } = await found.inspect();
    const bound = Object.entries(NetworkSettings.Ports).filter(([, hosts]) => hosts?.[0] !== undefined);
    return new Map(bound.map(([port, hosts]) => [parseInt(port, 10), Number(hosts[0]?.HostPort)]));
  }
  await removeLeftovers();
  const spec = await makeSpec();
  await TestContainer.start({ ...spec, labels: { ...spec.labels, [SHARED_LABEL]: value } });
  return spec.ports;
}
