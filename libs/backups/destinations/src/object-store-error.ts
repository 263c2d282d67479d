import { AppError, errorCode, type ErrorFacts } from '@saasodoo/kernel';
import { destinationFull } from './destination-full';

/** Codes that say the same thing in different stores. */
const FULL = [
  'QuotaExceeded',
  'InsufficientStorage',
  'StorageFull',
  'XMinioStorageFull',
  'InsufficientCapacity',
];
const AGAIN = [
  'RequestTimeout',
  'SlowDown',
  'OperationAborted',
  // Somebody else called the upload off, or the store forgot it.
  'NoSuchUpload',
  // The content changed on its way.
  'BadDigest',
  'IncompleteBody',
  'XAmzContentSHA256Mismatch',
];

const KEYS = 'Look at BACKUP_S3_ACCESS_KEY and BACKUP_S3_SECRET_KEY: the store does not know them.';
const CERTIFICATE =
  'Give the certificate of who signed the one of the store as BACKUP_S3_CA_FILE, or an endpoint that its certificate names.';

/** What an operator has to mend, by the code of the store or of the connection. */
const HINTS: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: KEYS,
  SignatureDoesNotMatch: KEYS,
  AccessDenied: 'Allow the key to list, read, write and delete in the bucket, and to abort uploads.',
  NoSuchBucket: 'Make the bucket, or look at BACKUP_S3_BUCKET: the platform makes none.',
  InvalidBucketName: 'Look at BACKUP_S3_BUCKET.',
  PermanentRedirect: 'Look at BACKUP_S3_ENDPOINT and BACKUP_S3_REGION: the bucket is elsewhere.',
  AuthorizationHeaderMalformed: 'Look at BACKUP_S3_REGION: the store has another one.',
  RequestTimeTooSkewed: 'Set the clock of this machine: the store has another time.',
};

interface Told {
  readonly code: string;
  readonly message: string;
  readonly status?: number;
}

export interface ObjectStoreFacts extends ErrorFacts {
  readonly endpoint: string;
  readonly bucket: string;
}

/** What an error of the store, or of the way there, means for a backup. */
export function objectStoreError(error: unknown, where: ObjectStoreFacts): AppError {
  if (error instanceof AppError) return error;
  const told = toldBy(error);
  const facts = { ...where, store_code: told.code, store_status: told.status ?? null };
  if (FULL.includes(told.code) || told.status === 507) return destinationFull(facts, error);
  const hint = isCertificate(told.code) ? CERTIFICATE : HINTS[told.code];
  if (hint === undefined && !isRefusal(told)) return unavailable(told, facts, error);
  return AppError.terminal(
    'backup.destination_refused',
    `the object store refuses: ${told.message} (${told.code})`,
    { cause: error, hint: hint ?? 'Look at the settings BACKUP_S3_….', facts, httpStatus: 502 },
  );
}

/** The object is not there; a missing bucket is something else. */
export function isMissingObject(error: unknown): boolean {
  return ['NoSuchKey', 'NotFound'].includes(toldBy(error).code);
}

export function isMissingUpload(error: unknown): boolean {
  return toldBy(error).code === 'NoSuchUpload';
}

function unavailable(told: Told, facts: ErrorFacts, cause: unknown): AppError {
  return AppError.retryable(
    'backup.destination_unavailable',
    `the object store cannot be used at the moment: ${told.message} (${told.code})`,
    {
      cause,
      hint: 'It is tried again. If it lasts, look whether the store runs and can be reached from where the platform runs.',
      facts,
      httpStatus: 503,
    },
  );
}

function isRefusal({ code, status = 0 }: Told): boolean {
  return status >= 300 && status < 500 && status !== 408 && status !== 429 && !AGAIN.includes(code);
}

function isCertificate(code: string): boolean {
  return /CERT|TLS|SSL|UNABLE_TO_(VERIFY|GET)/.test(code) && code !== 'ERR_SSL_WRONG_VERSION_NUMBER';
}

/** The client's errors are told by their shape. */
function toldBy(error: unknown): Told {
  if (typeof error !== 'object' || error === null) return { code: 'unknown', message: String(error) };
  const cause = firstOf(error);
  const code = errorCode(cause) ?? textOf(error, 'name') ?? 'unknown';
  const message = [textOf(error, 'message'), textOf(cause, 'message')].find((text) => text !== '');
  const status = statusOf(error);
  return { code, message: message ?? code, ...(status === undefined ? {} : { status }) };
}

/** Those of a connection may be several, one for each address that was tried. */
function firstOf(error: object): unknown {
  return 'errors' in error && Array.isArray(error.errors) ? error.errors[0] : error;
}

function textOf(value: unknown, key: 'name' | 'message'): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const text: unknown = Reflect.get(value, key);
  return typeof text === 'string' ? text : undefined;
}

function statusOf(error: object): number | undefined {
  const metadata: unknown = Reflect.get(error, '$metadata');
  if (typeof metadata !== 'object' || metadata === null) return undefined;
  const status: unknown = Reflect.get(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : undefined;
}
