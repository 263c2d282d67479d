export { CephFs, type CephFsOptions } from './ceph-fs';
export { CephMount } from './ceph-mount';
export { CephQuotas, type DirectoryLimits, type SetOptions } from './ceph-quotas';
export { CephSnapshots, type DirectorySnapshot } from './ceph-snapshots';
export { CephTrees } from './ceph-trees';
export { CephUsage, type DirectoryUsage } from './ceph-usage';
