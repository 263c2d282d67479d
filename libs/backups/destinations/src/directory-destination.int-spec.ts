import { newId } from '@saasodoo/kernel';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { DirectoryDestination } from './directory-destination';

describe('DirectoryDestination', () => {
  let root: string;
  let destination: DirectoryDestination;
  const id = newId();

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'saasodoo-backups-'));
    destination = new DirectoryDestination(join(root, 'kept'));
  });

  afterEach(() => rm(root, { recursive: true, force: true }));

  test('gives back what it took in, and replaces it', async () => {
    await destination.write(id, 'manifest.json', Readable.from([Buffer.from('one')]));
    await destination.write(id, 'manifest.json', Readable.from([Buffer.from('two')]));
    expect(await text(await destination.read(id, 'manifest.json'))).toBe('two');
  });

  test('has nothing of a part whose content broke off', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('half');
      throw new Error('the disk went away');
    }
    await expect(destination.write(id, 'database.dump', Readable.from(broken()))).rejects.toThrow(
      'went away',
    );
    await expect(destination.read(id, 'database.dump')).rejects.toMatchObject({
      code: 'backup.part_missing',
    });
    expect(await readdir(join(root, 'kept', id))).toEqual([]);
  });

  test('removes a backup with all its parts, and again', async () => {
    await destination.write(id, 'manifest.json', Readable.from([Buffer.from('{}')]));
    await destination.remove(id);
    await destination.remove(id);
    expect(await readdir(join(root, 'kept'))).toEqual([]);
  });
});
