/** A secret's name has 64 characters at most, so it is made of the id alone. Another content is another secret. */
export function configSecretName(instanceId: string, contentHash: string): string {
  return `odoo-${instanceId.replaceAll('-', '')}-conf-${contentHash}`;
}

/** Nodes that carry tenants. */
export const TENANT_CONSTRAINTS = ['node.labels.saasodoo.tenants==true'] as const;

/** Nodes that have CephFS mounted: elsewhere a bind mount would be refused, or show another directory. */
const CEPHFS_CONSTRAINT = 'node.labels.saasodoo.cephfs==true';

/** Nodes that can run what needs the files of an instance. */
export function tenantConstraints({
  STORAGE_DRIVER,
}: {
  readonly STORAGE_DRIVER: 'local' | 'cephfs';
}): readonly string[] {
  return STORAGE_DRIVER === 'cephfs' ? [...TENANT_CONSTRAINTS, CEPHFS_CONSTRAINT] : TENANT_CONSTRAINTS;
}

/** Names the operation that last deployed the service: whoever resumes it sees that this is done. */
export const OPERATION_ID_LABEL = 'saasodoo.operation.id';

/** Hash of the specification that the service was last deployed with. */
export const SPEC_LABEL = 'saasodoo.spec';
