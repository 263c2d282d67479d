import { testImage, testLabels } from '@saasodoo/testing';
import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ARCHIVE_SNAPSHOTS } from '../src/app/backups/job-scripts';

const run = promisify(execFile);
const UNPACK = 'zstd -q -d -c /workspace/files.tar.zst | tar --list --verbose --quoting-style=c';

/** The script in the image of the jobs, on folders in the place of snapshots. */
describe('the archive of two snapshots', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'saasodoo-archive-'));
    for (const folder of ['before', 'after', 'workspace']) await mkdir(join(root, folder));
  });

  afterEach(() => rm(root, { recursive: true }));

  async function put(path: string, content: string): Promise<void> {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), content);
  }

  async function job(script: string, user = '0'): Promise<string> {
    const labels = Object.entries(testLabels).flatMap(([name, value]) => ['--label', `${name}=${value}`]);
    const mounts = ['before', 'after', 'workspace'].flatMap((name) => ['-v', `${join(root, name)}:/${name}`]);
    const where = ['run', '--rm', '--network', 'none', '--user', user, ...labels, ...mounts];
    const image = await testImage('postgres');
    return (await run('docker', [...where, image, 'bash', '-c', script])).stdout;
  }

  const listed = async () =>
    (await job(UNPACK))
      .split('\n')
      .filter((line) => line.startsWith('-'))
      .map((line) => line.replace(/^\S+ \S+ +(\d+) .*"(.*)"$/, '$1 $2'))
      .sort();

  test('has what is in either, as it is in the later one, without sessions, and counts it', async () => {
    await put('before/filestore/db/aa/stays', 'stays');
    await put('before/filestore/db/bb/goes', 'goes');
    await put('before/addons/changes', 'old');
    await put('before/sessions/visitor', 'x');
    await put('after/filestore/db/aa/stays', 'stays');
    await put('after/filestore/db/cc/comes -here\nand there', 'comes');
    await put('after/addons/changes', 'newer');
    await put('after/sessions/another', 'y');
    await job(ARCHIVE_SNAPSHOTS);
    expect(await listed()).toEqual([
      '4 ./filestore/db/bb/goes',
      '5 ./addons/changes',
      '5 ./filestore/db/aa/stays',
      '5 ./filestore/db/cc/comes -here\\nand there',
    ]);
    expect(await readFile(join(root, 'workspace', 'files.tsv'), 'utf8')).toBe('4\t19');
  });

  test('is an empty one of an instance that stored nothing', async () => {
    await job(ARCHIVE_SNAPSHOTS);
    expect(await listed()).toEqual([]);
    expect(await readFile(join(root, 'workspace', 'files.tsv'), 'utf8')).toBe('0\t0');
  });

  test('is none when something cannot be read', async () => {
    await put('before/filestore/hidden/file', 'x');
    await chmod(root, 0o755);
    await chmod(join(root, 'workspace'), 0o777);
    await chmod(join(root, 'before', 'filestore', 'hidden'), 0o000);
    await expect(job(ARCHIVE_SNAPSHOTS, '101')).rejects.toThrow(/Permission denied/);
    await expect(readFile(join(root, 'workspace', 'files.tar.zst'))).rejects.toThrow('ENOENT');
  });
});
