export { type ConnectOptions } from './connection/docker-connection';
export { type EngineCapabilities } from './connection/engine-capabilities';
export { ServiceControl } from './control/service-control';
export { type ControlOptions, type ServiceStatus } from './control/service-status';
export { Convergence } from './convergence/convergence';
export {
  type ConvergeOptions,
  type FailureOptions,
  type GoneOptions,
} from './convergence/convergence-options';
export {
  EVENT_KINDS,
  type EventKind,
  type SwarmChange,
  type SwarmEvent,
  type WatchOptions,
} from './events/swarm-event';
export { SwarmEvents } from './events/swarm-events';
export { judgeHealth } from './health/judge-health';
export {
  HEALTH_REASONS,
  type HealthFacts,
  type HealthReason,
  type ServiceHealth,
} from './health/service-health';
export { type JobOptions, type JobResult, SwarmJobs } from './jobs/swarm-jobs';
export { INSTANCE_ID_LABEL, JOB_ID_LABEL, type Labels, MANAGED_LABEL } from './labels';
export { type FollowOptions, type LogLine, type LogOptions } from './logs/log-line';
export {
  type NetworkCapacity,
  type NewNetwork,
  type SwarmNetwork,
  SwarmNetworks,
} from './networks/swarm-networks';
export { type Placement } from './nodes/placement';
export { type SwarmNode } from './nodes/swarm-node';
export { SwarmNodes } from './nodes/swarm-nodes';
export { type NewSecret, type SecretRef, SwarmSecrets } from './secrets/swarm-secrets';
export { type EngineSpec, type EngineTaskTemplate } from './services/engine-spec';
export {
  type BindMount,
  type HealthCheck,
  type LogDriver,
  type ResourceLimits,
  type Resources,
  type RestartPolicy,
  type SecretMount,
  type ServiceMount,
  type ServiceSpec,
  type TmpfsMount,
} from './services/service-spec';
export { type ResourceChanges } from './services/service-edits';
export {
  type ResourceAmounts,
  type ServiceRef,
  type ServiceRevision,
  type SwarmService,
} from './services/swarm-service';
export {
  type ApplyOptions,
  type CallOptions,
  type ListOptions,
  SwarmServices,
} from './services/swarm-services';
export { type SwarmSnapshot } from './snapshot/swarm-snapshot';
export { connectSwarm, Swarm } from './swarm';
export { SwarmModule, type SwarmModuleOptions } from './swarm.module';
export { type ContainerUsage } from './tasks/container-usage';
export { hasFailed, isTerminal, type SwarmTask, TASK_STATES, type TaskState } from './tasks/swarm-task';
export { SwarmTasks, type TaskFilter } from './tasks/swarm-tasks';
