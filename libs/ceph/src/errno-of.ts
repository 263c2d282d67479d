/** As the C library writes them. */
const ERRNO_BY_TEXT: Readonly<Record<string, string>> = {
  'No such attribute': 'ENODATA',
  'No data available': 'ENODATA',
  'Operation not supported': 'EOPNOTSUPP',
  'Permission denied': 'EACCES',
  'Operation not permitted': 'EPERM',
  'Transport endpoint is not connected': 'ENOTCONN',
  'Cannot send after transport endpoint shutdown': 'ESHUTDOWN',
  'Stale file handle': 'ESTALE',
  'No such file or directory': 'ENOENT',
  'Not a directory': 'ENOTDIR',
  'Invalid argument': 'EINVAL',
  'Read-only file system': 'EROFS',
  'No space left on device': 'ENOSPC',
  'Disk quota exceeded': 'EDQUOT',
  'Connection timed out': 'ETIMEDOUT',
};

/** Of `program: /path: what it did: Text`; what nobody foresaw is its own name. */
export function errnoOf(stderr: string): string | undefined {
  const line = stderr.trim();
  if (line === '') return undefined;
  const text = line.slice(line.lastIndexOf(': ') + 2);
  return ERRNO_BY_TEXT[text] ?? line;
}
