export {
  type ImageProfile,
  imageProfile,
  type ImageProfileName,
  imageProfileNames,
  uncoveredVolumes,
} from './image-profile';
export { initJob, type InitJobOptions, TEMPLATE } from './init-job';
export { type AuthenticateOptions, OdooClient, type ProbeOptions } from './odoo-client';
export { ODOO_CONFIG_PATH, type OdooConfigOptions, renderOdooConfig } from './odoo-config';
export { neutraliseDatabase } from './neutralise-database';
export { hashOdooPassword } from './odoo-password';
export { personaliseDatabase, type Personalisation } from './personalise-database';
export { ENDED_BY_ITSELF, NOT_ANSWERING, probeJob, type ProbeJobOptions } from './probe-job';
export { type OdooServiceSpec } from './service-spec';
export { type SqlClient } from './sql-client';
export { templateName } from './template-name';
export { reservationsFor, tenantService, type TenantServiceOptions } from './tenant-service';
export { type TraefikRoute } from './traefik-labels';
export { upgradeJob, type UpgradeJobOptions, type UpgradeWork } from './upgrade-job';
