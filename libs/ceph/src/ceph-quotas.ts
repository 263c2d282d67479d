import { AppError } from '@saasodoo/kernel';
import type { CephRoot } from './ceph-root';
import type { CephUsage } from './ceph-usage';
import type { ExtendedAttributes } from './extended-attributes';

/** What is left out is unlimited where it is read, and stays as it is where it is set. */
export interface DirectoryLimits {
  readonly maxBytes?: number;
  /** Of files and directories together. */
  readonly maxFiles?: number;
}

export interface SetOptions {
  /** Also below what is there already: nothing more can be written then until enough is removed. */
  readonly force?: boolean;
}

const MAX_BYTES = 'ceph.quota.max_bytes';
const MAX_FILES = 'ceph.quota.max_files';

/** Limits of directories. The clients enforce them, each for itself: a write ends at the limit with EDQUOT. */
export class CephQuotas {
  constructor(
    private readonly root: CephRoot,
    private readonly attributes: ExtendedAttributes,
    private readonly usage: CephUsage,
  ) {}

  /**
   * Sets limits and reads them back: a client without the right, or that is no CephFS, must not go unnoticed.
   * Throws `storage.quota_below_usage`, `ceph.quota_not_kept`, and what `cephError` makes.
   */
  async set(path: string, limits: DirectoryLimits, { force = false }: SetOptions = {}): Promise<void> {
    await this.root.requireBelow(path);
    const { maxBytes, maxFiles } = limits;
    for (const limit of [maxBytes, maxFiles]) if (limit !== undefined) assertLimit(limit);
    if (!force) await this.assertRoom(path, limits);
    if (maxBytes !== undefined) await this.write(path, MAX_BYTES, maxBytes);
    if (maxFiles !== undefined) await this.write(path, MAX_FILES, maxFiles);
  }

  async get(path: string): Promise<DirectoryLimits> {
    this.root.assertBelow(path);
    const [maxBytes, maxFiles] = await Promise.all([this.read(path, MAX_BYTES), this.read(path, MAX_FILES)]);
    return { ...(maxBytes === 0 ? {} : { maxBytes }), ...(maxFiles === 0 ? {} : { maxFiles }) };
  }

  /** From now on nothing limits the directory but what is above it. */
  async clear(path: string): Promise<void> {
    await this.root.requireBelow(path);
    await this.write(path, MAX_BYTES, 0);
    await this.write(path, MAX_FILES, 0);
  }

  private async assertRoom(path: string, { maxBytes, maxFiles }: DirectoryLimits): Promise<void> {
    if (maxBytes !== undefined) {
      const bytes = await this.usage.bytesOf(path);
      if (bytes > maxBytes) throw quotaBelowUsage(path, 'bytes', bytes, maxBytes);
    }
    if (maxFiles !== undefined) {
      const { entries } = await this.usage.of(path);
      if (entries > maxFiles) throw quotaBelowUsage(path, 'files', entries, maxFiles);
    }
  }

  private async write(path: string, name: string, limit: number): Promise<void> {
    await this.attributes.set(path, name, String(limit));
    const kept = await this.read(path, name);
    if (kept === limit) return;
    throw AppError.retryable('ceph.quota_not_kept', `${path} has the quota ${kept}, and ${limit} was set`, {
      hint: 'Is somebody else setting it? Look with: getfattr -n ceph.quota.max_bytes <path>',
      facts: { path, attribute: name, wanted: limit, found: kept },
    });
  }

  /** 0 is none, and so is an attribute that was never set. */
  private async read(path: string, name: string): Promise<number> {
    return Number((await this.attributes.get(path, name)) ?? 0);
  }
}

function assertLimit(limit: number): void {
  if (Number.isSafeInteger(limit) && limit > 0) return;
  throw AppError.terminal('ceph.quota_malformed', `${limit} is no quota`, {
    hint: 'Use a positive whole number; `clear` removes a quota.',
  });
}

function quotaBelowUsage(path: string, unit: string, used: number, wanted: number): AppError {
  return AppError.terminal(
    'storage.quota_below_usage',
    `${used} ${unit} are used already, more than the ${wanted} that are asked for`,
    {
      httpStatus: 409,
      hint: 'Ask for more than is used, or remove files first.',
      facts: { path, unit, used, wanted },
    },
  );
}
