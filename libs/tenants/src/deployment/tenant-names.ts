/** A secret's name has 64 characters at most, so it is made of the id alone. Another content is another secret. */
export function configSecretName(instanceId: string, contentHash: string): string {
  return `odoo-${instanceId.replaceAll('-', '')}-conf-${contentHash}`;
}

/** Nodes that carry tenants. */
export const TENANT_CONSTRAINTS = ['node.labels.saasodoo.tenants==true'] as const;

/** Names the operation that last deployed the service: whoever resumes it sees that this is done. */
export const OPERATION_ID_LABEL = 'saasodoo.operation.id';

/** Hash of the specification that the service was last deployed with. */
export const SPEC_LABEL = 'saasodoo.spec';
