export { InstanceEntity } from './instance.entity';
export type { InstanceRoute } from './instance-route';
export { type InstanceSecrets, InstanceSecretsRepository } from './instance-secrets.repository';
export type { InstanceTransition } from './instance-transition';
export {
  type Alongside,
  type DatabasePlacement,
  type Deployment,
  type InstanceFilter,
  InstanceRepository,
} from './instance.repository';
