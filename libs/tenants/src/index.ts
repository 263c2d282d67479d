export {
  deployedService,
  type DeployedService,
  deploymentOutput,
  findDeployedService,
} from './context/deployed-service';
export { isMeantToRun } from './context/is-meant-to-run';
export { outputOf } from './context/output-of';
export { outputsOf } from './context/outputs-of';
export type { TenantContext, TenantImage } from './context/tenant-context';
export { TenantContexts } from './context/tenant-contexts';
export { imageFor, TenantImages } from './context/tenant-images';
export { TENANT_CONSTRAINTS, tenantConstraints } from './deployment/tenant-names';
export { TenantSecrets } from './deployment/tenant-secrets';
export {
  type ConfigSecret,
  type DeploymentWish,
  type TenantDeployment,
  TenantServices,
} from './deployment/tenant-services';
export { type DataJob, dataJobId, type JobContext, type JobDatabase } from './jobs/data-job';
export { DataJobs } from './jobs/data-jobs';
export { type OdooJob, OdooJobs } from './jobs/odoo-jobs';
export { awaitNoEndingTask } from './removal/await-no-ending-task';
export { awaitNoTask } from './removal/await-no-task';
export { removeSecrets } from './removal/remove-secrets';
export { removeService, removeServices } from './removal/remove-service';
export { AwaitHttpStep } from './steps/await-http.step';
export { AwaitTaskStep } from './steps/await-task.step';
export {
  finalDumps,
  INSTANCE_STORAGE,
  instanceStorage,
  storageProvider,
  type StorageSettings,
} from './storage.provider';
export { StorageWatch } from './storage-watch';
export { TenantsConfig } from './tenants-config';
