import { AppError, errorCode } from '@saasodoo/kernel';

interface Meaning {
  readonly code: string;
  readonly text: string;
  readonly hint: string;
  readonly retryable?: boolean;
  readonly httpStatus?: number;
}

const NOT_CEPHFS: Meaning = {
  code: 'ceph.not_cephfs',
  text: 'is not on CephFS',
  hint: 'Mount CephFS there, or use STORAGE_DRIVER=local.',
};

const PERMISSION: Meaning = {
  code: 'ceph.permission_missing',
  text: 'may not be changed so by this CephFS client',
  hint: 'Quotas need the capability p, snapshots s: `ceph fs authorize <fs> client.<name> / rwps`, then mount anew.',
};

const STALE: Meaning = {
  code: 'ceph.stale_mount',
  text: 'is on a mount whose client is dead',
  hint: 'Take the mount off (`umount -l`) and mount CephFS again.',
  retryable: true,
};

/** What an error of the system means on CephFS. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  EOPNOTSUPP: NOT_CEPHFS,
  ENOTSUP: NOT_CEPHFS,
  EACCES: PERMISSION,
  EPERM: PERMISSION,
  ENOTCONN: STALE,
  ESTALE: STALE,
  ESHUTDOWN: STALE,
  ENOENT: {
    code: 'ceph.directory_missing',
    text: 'is not there',
    hint: 'Is the right file system mounted? If the files are lost, restore them.',
  },
  EROFS: {
    code: 'ceph.read_only',
    text: 'is mounted read-only',
    hint: 'Mount CephFS with the right to write.',
    retryable: true,
  },
  ENOSPC: {
    code: 'ceph.no_space',
    text: 'has no room left: the pool is full',
    hint: 'Add OSDs to the cluster or remove what is not needed.',
    retryable: true,
  },
  EDQUOT: {
    code: 'ceph.quota_exceeded',
    text: 'has reached its quota',
    hint: 'Raise the quota or remove files.',
    httpStatus: 409,
  },
  ETIMEDOUT: {
    code: 'ceph.unanswered',
    text: 'is on a CephFS that does not answer',
    hint: 'Look at `ceph status`: are a monitor and an active MDS up?',
    retryable: true,
  },
};

/** The error for a failed call on `path`; `errno` such as `EDQUOT`. What nobody foresaw is tried again. */
export function cephError(errno: string | undefined, path: string, cause?: unknown): AppError {
  const meaning = MEANINGS[errno ?? ''];
  if (meaning === undefined) {
    return AppError.retryable('ceph.failed', `${path}: ${errno ?? String(cause)}`, {
      cause,
      facts: { path },
    });
  }
  const { code, text, hint, retryable, httpStatus } = meaning;
  const options = { hint, facts: { path }, cause, ...(httpStatus === undefined ? {} : { httpStatus }) };
  return retryable === true
    ? AppError.retryable(code, `${path} ${text}`, options)
    : AppError.terminal(code, `${path} ${text}`, options);
}

/** Node knows no name for it: a refused write comes as `Unknown system error -122`. */
const EDQUOT = -122;

/** The name of a system error, also of one that Node has no name for. */
function nameOf(error: unknown): string | undefined {
  if (typeof error === 'object' && error !== null && 'errno' in error && error.errno === EDQUOT)
    return 'EDQUOT';
  return errorCode(error);
}

/** Runs a call on `path` and says what its failure means on CephFS. */
export async function onCeph<T>(path: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw cephError(nameOf(error), path, error);
  }
}
