import type { ErrorRecord } from '@saasodoo/kernel';

/** What the driver needs of a CephFS, as libs/ceph has it: adapters do not import each other. */
export interface CephFiles {
  readonly mount: { require(): Promise<void>; trouble(): Promise<ErrorRecord | undefined> };
  /** Makes a call on `path` and says what its failure means on CephFS. */
  explain<T>(path: string, call: () => Promise<T>): Promise<T>;
  readonly trees: { remove(path: string): Promise<void> };
  readonly usage: {
    bytesOfEach(paths: readonly string[]): Promise<Map<string, number>>;
  };
  readonly quotas: {
    set(path: string, limits: CephLimits, options?: { readonly force?: boolean }): Promise<void>;
    get(path: string): Promise<CephLimits>;
  };
  readonly snapshots: {
    create(path: string, name: string): Promise<void>;
    list(path: string): Promise<readonly { readonly name: string; readonly takenAt: Date }[]>;
    remove(path: string, name: string): Promise<void>;
    path(path: string, name: string): string;
  };
}

export interface CephLimits {
  readonly maxBytes?: number;
  readonly maxFiles?: number;
}
