import { AppError, errorCode } from '@saasodoo/kernel';
import { randomUUID } from 'node:crypto';
import { link, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assertDirectoryName } from './directory-path';

/** Whose a directory is, and since when. */
export interface DirectoryClaim {
  readonly name: string;
  readonly instanceId: string;
  /** The platform that claimed it; a storage root may be shared. */
  readonly platform: string | undefined;
  readonly since: Date;
}

const DRAFT = /\.[0-9a-f-]{36}$/;

/**
 * Owners of the directories in one folder, each in a file beside them: what is inside belongs to the tenant.
 * Every name is looked at before a path is made of it. Throws `storage.name_malformed`.
 */
export class OwnerFiles {
  private readonly folder: string;

  constructor(
    parent: string,
    private readonly platform: string | undefined,
  ) {
    this.folder = join(parent, '.owners');
  }

  async prepare(): Promise<void> {
    await mkdir(this.folder, { recursive: true });
  }

  /** Linked into place when it is whole and on the disk, so that nobody ever reads an owner who is half-written. */
  async claim(name: string, instanceId: string): Promise<void> {
    assertDirectoryName(name);
    const draft = `${this.file(name)}.${randomUUID()}`;
    const text = this.platform === undefined ? instanceId : `${instanceId}\n${this.platform}`;
    try {
      await writeFile(draft, text, { mode: 0o600, flush: true });
      await link(draft, this.file(name));
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      const owner = (await this.read(name))?.instanceId;
      if (owner !== instanceId) throw directoryForeign(name, owner);
    } finally {
      await rm(draft, { force: true });
    }
  }

  async read(name: string): Promise<DirectoryClaim | undefined> {
    assertDirectoryName(name);
    try {
      const [text, { mtimeMs }] = await Promise.all([
        readFile(this.file(name), 'utf8'),
        stat(this.file(name)),
      ]);
      const [instanceId = '', platform] = text.split('\n');
      return { name, instanceId, platform, since: new Date(mtimeMs) };
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  async list(): Promise<DirectoryClaim[]> {
    const claims: DirectoryClaim[] = [];
    for (const name of await this.names()) {
      const claim = await this.read(name);
      if (claim !== undefined) claims.push(claim);
    }
    return claims;
  }

  async remove(name: string): Promise<void> {
    assertDirectoryName(name);
    await rm(this.file(name), { force: true });
  }

  private async names(): Promise<string[]> {
    try {
      return (await readdir(this.folder)).filter((name) => !DRAFT.test(name)).sort();
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return [];
      throw error;
    }
  }

  private file(name: string): string {
    return join(this.folder, name);
  }
}

export function directoryForeign(name: string, owner: string | undefined): AppError {
  return AppError.terminal(
    'storage.directory_foreign',
    `the directory ${name} belongs to ${owner ?? 'nobody known'}`,
    {
      hint: 'Look at what is in it; move it away when nobody needs it.',
      facts: { directory: name, owner: owner ?? null },
    },
  );
}
