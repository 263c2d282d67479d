import { execFileSync } from 'node:child_process';
import { describeOnCeph, type TestCeph } from './describe-on-ceph';
import { testLabels, testRunId } from './test-run';

const CLUSTER = `saasodoo-ceph-t-${testRunId}`;

/** The S3-compatible object store of this test run's Ceph. */
export interface TestObjectStore {
  readonly ceph: TestCeph;
  /** How it is reached and used; once the tests run. */
  access(): ObjectStoreAccess;
  /** SIGKILL; its objects stay. */
  kill(): void;
  /** It answers again, at the same address. */
  start(): void;
}

export interface ObjectStoreAccess {
  readonly endpoint: string;
  /** As containers reach it, in the network that was asked for. */
  readonly networkEndpoint?: string;
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

export interface ObjectStoreWish {
  /** Of containers that need it too. */
  readonly network?: string;
}

/** Tests that need a real object store: it is started beside the run's Ceph, and skipped or failed as that is. */
export function describeOnObjectStore(
  title: string,
  body: (store: TestObjectStore) => void,
  wish: ObjectStoreWish = {},
): void {
  describeOnCeph(title, (ceph) => {
    let access: ObjectStoreAccess | undefined;
    beforeAll(() => (access = start(ceph, wish)));
    // A network that somebody is in cannot be removed.
    afterAll(() => {
      if (wish.network !== undefined) docker('network', 'disconnect', '--force', wish.network, CLUSTER);
    });
    body({
      ceph,
      access: () => {
        if (access === undefined) throw new Error('the object store is there once tests run');
        return access;
      },
      kill: () => docker('kill', `${CLUSTER}-object-store`),
      start: () => void start(ceph, wish),
    });
  });
}

function start(ceph: TestCeph, { network }: ObjectStoreWish): ObjectStoreAccess {
  const labels = Object.entries(testLabels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
  const joining = network === undefined ? [] : ['--network', network];
  const told = ceph.script('up', '--object-store', ...joining, ...labels);
  const fact = (name: string): string => {
    const [, value] = new RegExp(`^${name} +(\\S+)$`, 'm').exec(told) ?? [];
    if (value === undefined) throw new Error(`the object store did not tell its ${name}:\n${told}`);
    return value;
  };
  return {
    endpoint: fact('endpoint'),
    ...(network === undefined ? {} : { networkEndpoint: fact('network-endpoint') }),
    bucket: fact('bucket'),
    accessKey: fact('access-key'),
    secretKey: fact('secret-key'),
  };
}

function docker(...args: string[]): void {
  execFileSync('docker', args, { stdio: 'pipe' });
}
