import { onCeph } from './ceph-error';
import { CephMount } from './ceph-mount';
import { CephQuotas } from './ceph-quotas';
import { CephRoot } from './ceph-root';
import { CephSnapshots } from './ceph-snapshots';
import { CephTrees } from './ceph-trees';
import { CephUsage } from './ceph-usage';
import { ExtendedAttributes } from './extended-attributes';
import { WriteProbe } from './write-probe';

export interface CephFsOptions {
  /** How long CephFS may take to answer; an MDS that fails over takes some seconds. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 20_000;
/** Whoever asks whether something is wrong wants to know it now. */
const TROUBLE_MS = 4_000;

/** A mounted CephFS, or the part of it below `root`. */
export class CephFs {
  readonly mount: CephMount;
  readonly usage: CephUsage;
  readonly quotas: CephQuotas;
  readonly snapshots: CephSnapshots;
  readonly trees: CephTrees;

  constructor(root: string, { timeoutMs = TIMEOUT_MS }: CephFsOptions = {}) {
    const place = new CephRoot(root);
    const attributes = new ExtendedAttributes(timeoutMs);
    this.mount = new CephMount(
      place,
      attributes,
      new WriteProbe(place.path, Math.min(timeoutMs, TROUBLE_MS)),
    );
    this.usage = new CephUsage(place, attributes);
    this.quotas = new CephQuotas(place, attributes, this.usage);
    this.snapshots = new CephSnapshots(place, attributes);
    this.trees = new CephTrees(place);
  }

  /** Makes a call on `path` and says what its failure means. */
  explain<T>(path: string, call: () => Promise<T>): Promise<T> {
    return onCeph(path, call);
  }
}
