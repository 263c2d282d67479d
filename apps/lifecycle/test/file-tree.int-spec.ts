import { link, mkdir, mkdtemp, readFile, rm, stat, symlink, unlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { linkTree, measureTree } from '../src/app/backups/file-tree';

describe('a tree of links', () => {
  let root: string;
  let from: string;
  let to: string;
  const { signal } = new AbortController();

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'saasodoo-tree-'));
    [from, to] = [join(root, 'from'), join(root, 'to')];
    await mkdir(join(from, 'filestore', 'shop', 'ab'), { recursive: true });
    await mkdir(join(from, 'sessions'));
    await writeFile(join(from, 'filestore', 'shop', 'ab', 'one'), 'first');
    await writeFile(join(from, 'sessions', 'browser'), 'logged in');
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  const at = (folder: string, name: string): string => join(folder, 'filestore', 'shop', 'ab', name);

  test('keeps what is removed afterwards, and takes in what is new when it is made again', async () => {
    const walk = { except: ['sessions'], signal };
    await linkTree(from, to, walk);
    await unlink(at(from, 'one'));
    await writeFile(at(from, 'two'), 'second');
    await linkTree(from, to, walk);
    expect(await readFile(at(to, 'one'), 'utf8')).toBe('first');
    expect(await readFile(at(to, 'two'), 'utf8')).toBe('second');
    expect(await measureTree(to, walk)).toEqual({ count: 2, bytes: 11 });
    expect((await stat(at(to, 'two'))).ino).toBe((await stat(at(from, 'two'))).ino);
  });

  test('leaves out sessions at the top, and links that lead elsewhere', async () => {
    await symlink('/etc/passwd', at(from, 'leads-away'));
    await link(at(from, 'one'), at(from, 'same'));
    await linkTree(from, to, { except: ['sessions'], signal });
    await expect(stat(join(to, 'sessions'))).rejects.toThrow('ENOENT');
    await expect(stat(at(to, 'leads-away'))).rejects.toThrow('ENOENT');
    expect(await measureTree(to, { except: [], signal })).toEqual({ count: 2, bytes: 10 });
  });

  test('ends when it is told to', async () => {
    const walk = { except: [], signal: AbortSignal.abort(new Error('called off')) };
    await expect(linkTree(from, to, walk)).rejects.toThrow('called off');
  });
});
