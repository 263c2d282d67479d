import type { UpgradeWish } from '@saasodoo/instances/domain';
import type { Operation } from '@saasodoo/operations/domain';

/** What was asked for, as the operation carries it. */
export function upgradeWish({ input }: Pick<Operation, 'input'>): UpgradeWish {
  const { odoo_version: odooVersion, modules } = input;
  return {
    ...(typeof odooVersion === 'string' ? { odooVersion } : {}),
    ...(Array.isArray(modules)
      ? { modules: modules.filter((name): name is string => typeof name === 'string') }
      : {}),
  };
}
