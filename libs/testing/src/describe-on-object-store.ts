import { execFileSync } from 'node:child_process';
import { describeOnCeph, type TestCeph } from './describe-on-ceph';
import { testLabels, testRunId } from './test-run';

const CONTAINER = `saasodoo-ceph-t-${testRunId}-object-store`;

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
  readonly bucket: string;
  readonly accessKey: string;
  readonly secretKey: string;
}

/** Tests that need a real object store: it is started beside the run's Ceph, and skipped or failed as that is. */
export function describeOnObjectStore(title: string, body: (store: TestObjectStore) => void): void {
  describeOnCeph(title, (ceph) => {
    let access: ObjectStoreAccess | undefined;
    beforeAll(() => (access = start(ceph)));
    body({
      ceph,
      access: () => {
        if (access === undefined) throw new Error('the object store is there once tests run');
        return access;
      },
      kill: () => void execFileSync('docker', ['kill', CONTAINER], { stdio: 'pipe' }),
      start: () => void start(ceph),
    });
  });
}

function start(ceph: TestCeph): ObjectStoreAccess {
  const labels = Object.entries(testLabels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
  const told = ceph.script('up', '--object-store', ...labels);
  const fact = (name: string): string => {
    const [, value] = new RegExp(`^${name} +(\\S+)$`, 'm').exec(told) ?? [];
    if (value === undefined) throw new Error(`the object store did not tell its ${name}:\n${told}`);
    return value;
  };
  return {
    endpoint: fact('endpoint'),
    bucket: fact('bucket'),
    accessKey: fact('access-key'),
    secretKey: fact('secret-key'),
  };
}
