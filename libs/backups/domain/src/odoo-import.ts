/** `awaiting` its content, `received` and found good, `importing` into an instance; the others are ends. */
export const importStatuses = [
  'awaiting',
  'received',
  'importing',
  'imported',
  'deleted',
  'expired',
] as const;
export type ImportStatus = (typeof importStatuses)[number];

/** What a zip that was received says of itself. */
export interface ImportContents {
  /** As the database was called where it came from. */
  readonly database_name: string;
  /** Of the module `base`, as the manifest says; absent when it says nothing. */
  readonly base_version?: string;
  readonly modules: number;
  readonly dump_bytes: number;
  readonly files: number;
  readonly files_bytes: number;
}

export interface NewImport {
  readonly id: string;
  readonly customerId: string;
  /** What the customer calls the file; nothing is ever stored under it. */
  readonly fileName: string;
  readonly sizeBytes: number;
  /** What it must be, when the customer said so; then what it is. */
  readonly sha256?: string;
}

/** A zip of Odoo's database manager that a customer sends, to become an instance. */
export interface OdooImport extends NewImport {
  readonly status: ImportStatus;
  /** As this site writes it. */
  readonly odooVersion?: string;
  readonly contents?: ImportContents;
  /** What it became, or is becoming. */
  readonly instanceId?: string;
  readonly createdAt: Date;
  readonly receivedAt?: Date;
}
