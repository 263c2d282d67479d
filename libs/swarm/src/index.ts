export { type EngineCapabilities } from './connection/engine-capabilities';
export {
  type CallOptions,
  type ConnectOptions,
  connectSwarm,
  Convergence,
  type JobResult,
  type SecretRef,
  Swarm,
  SwarmJobs,
  type SwarmNetwork,
  SwarmNetworks,
  type SwarmNode,
  SwarmNodes,
  SwarmSecrets,
  SwarmServices,
  SwarmTasks,
} from './contract';
export { type ConvergeOptions, type GoneOptions } from './convergence/convergence-options';
export { INSTANCE_ID_LABEL, JOB_ID_LABEL, type Labels } from './labels';
export { type LogLine, type LogOptions } from './logs/log-line';
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
export { type ServiceRef, type ServiceRevision, type SwarmService } from './services/swarm-service';
export { isTerminal, type SwarmTask, TASK_STATES, type TaskState } from './tasks/swarm-task';
