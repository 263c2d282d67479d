import { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStoreSettings } from './object-store-settings';

/** The first try and three more, soon after each other; then it is the operation's turn to try again. */
const ATTEMPTS = 4;
const CONNECT_WITHIN_MS = 5_000;
/** A store that says nothing for that long is gone. */
const SILENT_MS = 30_000;

export function objectStoreClient(settings: ObjectStoreSettings): S3Client {
  const { endpoint, region, accessKey, secretKey, pathStyle, ca } = settings;
  return new S3Client({
    endpoint,
    region,
    credentials: { accessKeyId: accessKey, secretAccessKey: secretKey },
    forcePathStyle: pathStyle,
    maxAttempts: ATTEMPTS,
    // What newer clients send by themselves, a checksum behind the content, is refused by many stores. Nothing is lost:
    // the signature covers the hash of every piece, and a backup is read back before it is called complete.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_WITHIN_MS,
      socketTimeout: SILENT_MS,
      httpsAgent: ca === undefined ? {} : { ca },
    },
  });
}
