/** Where an S3-compatible object store is, and who we are there. */
export interface ObjectStoreSettings {
  /** Such as `https://s3.example.com`; what follows the host is not used. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** `endpoint/bucket` and not `bucket.endpoint`, which needs names in DNS. */
  readonly pathStyle: boolean;
  /** In PEM: who signed the store's certificate, where no public authority did. */
  readonly ca?: string;
  /** A part is sent in pieces of this size, each held in memory; the store takes at most 10,000 of them. */
  readonly pieceBytes: number;
}

/** Where in the store: what its keys begin with may be nothing. */
export interface ObjectStorePlace {
  readonly bucket: string;
  readonly prefix: string;
}

const SCHEME = 's3://';

/** `s3://{bucket}/{prefix}`: a backup remembers this, so that another bucket can be chosen and older backups still be found. */
export function placeName({ bucket, prefix }: ObjectStorePlace): string {
  return `${SCHEME}${bucket}/${prefix}`;
}

/** `undefined` for what names no place in an object store. */
export function parsePlace(name: string): ObjectStorePlace | undefined {
  if (!name.startsWith(SCHEME)) return undefined;
  const [bucket = '', ...prefix] = name.slice(SCHEME.length).split('/');
  return bucket === '' ? undefined : { bucket, prefix: prefix.join('/') };
}
