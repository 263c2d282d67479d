/** A secret's name has 64 characters at most, so it is made of the id alone. A new generation is a new secret. */
export function configSecretName(instanceId: string, generation: number): string {
  return `odoo-${instanceId.replaceAll('-', '')}-conf-${generation}`;
}

/** Nodes that carry tenants. */
export const TENANT_CONSTRAINTS = ['node.labels.saasodoo.tenants==true'] as const;
