import {
  appendFile,
  chown,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readlink,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { copyFiles } from '../src/app/upgrade-instance/copy-files';

const STORED = 'filestore/shop/8c/8cb2237d0679ca88db6464eac60da96345513964';
const { signal } = new AbortController();

describe('a copy of the files of an instance', () => {
  let root: string;
  let [from, to] = ['', ''];
  const own = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'saasodoo-copy-'));
    [from, to] = [join(root, 'from'), join(root, 'to')];
    for (const path of [STORED, 'addons/17.0/mine/data.csv', 'sessions/ab/abcd']) {
      await mkdir(dirname(join(from, path)), { recursive: true });
      await writeFile(join(from, path), path, { mode: 0o640 });
    }
    await symlink('17.0', join(from, 'addons/current'));
    await mkdir(to);
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  const text = (folder: string, path: string): Promise<string> => readFile(join(folder, path), 'utf8');

  it('has every file, and takes no room for those that Odoo never changes', async () => {
    await copyFiles(from, to, { owner: own, links: true, signal });
    for (const path of [STORED, 'addons/17.0/mine/data.csv', 'sessions/ab/abcd']) {
      expect(await text(to, path)).toBe(path);
      expect((await lstat(join(to, path))).mode & 0o777).toBe(0o640);
    }
    expect(await readlink(join(to, 'addons/current'))).toBe('17.0');
    expect((await lstat(join(to, STORED))).ino).toBe((await lstat(join(from, STORED))).ino);
  });

  it('can be worked on without a change of the original', async () => {
    await copyFiles(from, to, { owner: own, links: true, signal });
    await appendFile(join(to, 'addons/17.0/mine/data.csv'), 'more');
    await rm(join(to, STORED));
    await writeFile(join(to, 'filestore/shop/new'), 'new');
    expect(await text(from, 'addons/17.0/mine/data.csv')).toBe('addons/17.0/mine/data.csv');
    expect(await text(from, STORED)).toBe(STORED);
    await expect(lstat(join(from, 'filestore/shop/new'))).rejects.toThrow('ENOENT');
  });

  it('may be worked on by anything where nothing is linked', async () => {
    await copyFiles(from, to, { owner: own, links: false, signal });
    await appendFile(join(to, STORED), 'more');
    expect(await text(from, STORED)).toBe(STORED);
  });

  // Only root can give files away.
  (own.uid === 0 ? it : it.skip)('belongs to another user where the new image has one', async () => {
    await chown(join(from, STORED), 101, 101);
    await copyFiles(from, to, { owner: { uid: 100, gid: 101 }, links: true, signal });
    for (const path of [STORED, dirname(STORED), 'addons/current']) {
      expect(await lstat(join(to, path))).toMatchObject({ uid: 100, gid: 101 });
    }
    expect(await lstat(join(from, STORED))).toMatchObject({ uid: 101, gid: 101 });
  });

  it('stops when it is told to', async () => {
    const stopped = AbortSignal.abort(new Error('the worker stops'));
    await expect(copyFiles(from, to, { owner: own, links: true, signal: stopped })).rejects.toThrow(
      'the worker stops',
    );
  });
});
