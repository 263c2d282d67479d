import { spawn } from 'node:child_process';
import { build } from '../build.ts';
import { cephUp } from '../ceph/ceph.ts';
import { inRepository } from '../paths.ts';
import { step } from '../progress.ts';

/** Quotas and usage on the Ceph of `npm run ceph -- up`, against the bare programs. */
export async function benchStorage(): Promise<void> {
  const { mounts } = await step('Ceph dev', (note) => cephUp('dev', [], note));
  await build();
  const files = [
    inRepository('test/support/register.cjs'),
    inRepository('test/load/storage.bench.ts'),
  ] as const;
  const env = { ...process.env, CEPH_MOUNT: mounts['platform'] };
  const child = spawn(process.execPath, ['--require', ...files], {
    cwd: inRepository(),
    stdio: 'inherit',
    env,
  });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => {
      resolve(code ?? 1);
    });
  });
}
