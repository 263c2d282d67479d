import { AppError } from '@saasodoo/kernel';
import { isMissingObject, objectStoreError } from './object-store-error';

const where = { endpoint: 'https://store.example.com', bucket: 'backups' };

/** As the client throws what a store answers. */
const answered = (name: string, status: number) =>
  Object.assign(new Error(`the store says ${name}`), { name, $metadata: { httpStatusCode: status } });
const system = (code: string) => Object.assign(new Error(`failed: ${code}`), { code });

const REFUSED = 'backup.destination_refused';
const AWAY = 'backup.destination_unavailable';
const FULL = 'backup.destination_full';

describe('what an error of an object store means', () => {
  it.each([
    [answered('AccessDenied', 403), REFUSED, /Allow the key/],
    [answered('InvalidAccessKeyId', 403), REFUSED, /BACKUP_S3_ACCESS_KEY/],
    [answered('NoSuchBucket', 404), REFUSED, /BACKUP_S3_BUCKET/],
    [answered('PermanentRedirect', 301), REFUSED, /BACKUP_S3_REGION/],
    [answered('RequestTimeTooSkewed', 403), REFUSED, /clock/],
    [answered('SomethingNew', 400), REFUSED, /BACKUP_S3_/],
    [system('DEPTH_ZERO_SELF_SIGNED_CERT'), REFUSED, /BACKUP_S3_CA/],
    [system('UNABLE_TO_VERIFY_LEAF_SIGNATURE'), REFUSED, /BACKUP_S3_CA/],
    [system('ERR_TLS_CERT_ALTNAME_INVALID'), REFUSED, /BACKUP_S3_CA/],
    [system('CERT_HAS_EXPIRED'), REFUSED, /BACKUP_S3_CA/],
    [answered('QuotaExceeded', 403), FULL, /Remove backups/],
    [answered('XMinioStorageFull', 507), FULL, /Remove backups/],
    [answered('InternalError', 500), AWAY, /tried again/],
    [answered('SlowDown', 503), AWAY, /tried again/],
    [answered('TooManyRequests', 429), AWAY, /tried again/],
    [answered('NoSuchUpload', 404), AWAY, /tried again/],
    [answered('XAmzContentSHA256Mismatch', 400), AWAY, /tried again/],
    [system('ECONNREFUSED'), AWAY, /tried again/],
    [system('ENOTFOUND'), AWAY, /tried again/],
    [Object.assign(new Error('too long'), { name: 'TimeoutError' }), AWAY, /tried again/],
    [new AggregateError([system('ECONNREFUSED')], ''), AWAY, /tried again/],
    ['a string', AWAY, /tried again/],
  ])('%s is %s', (error, code, hint) => {
    const meant = objectStoreError(error, where);
    expect(meant).toMatchObject({
      code,
      retryable: code === AWAY,
      hint: expect.stringMatching(hint),
      cause: error,
    });
    expect(meant.facts).toMatchObject(where);
    expect(meant.message).not.toContain('undefined');
  });

  it('says what the first of several addresses answered', () => {
    const { message } = objectStoreError(new AggregateError([system('ECONNREFUSED')], ''), where);
    expect(message).toContain('failed: ECONNREFUSED (ECONNREFUSED)');
  });

  it('leaves an error that is understood already as it is', () => {
    const known = AppError.terminal('backup.part_too_large', 'too large');
    expect(objectStoreError(known, where)).toBe(known);
  });

  it('tells a missing object from a missing bucket', () => {
    expect(isMissingObject(answered('NoSuchKey', 404))).toBe(true);
    expect(isMissingObject(answered('NotFound', 404))).toBe(true);
    expect(isMissingObject(answered('NoSuchBucket', 404))).toBe(false);
  });
});
