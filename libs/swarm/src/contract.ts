// Signatures ahead of their implementation.
import { type EngineCapabilities } from './connection/engine-capabilities';
import { type ConvergeOptions, type GoneOptions } from './convergence/convergence-options';
import { type Labels } from './labels';
import { type LogLine, type LogOptions } from './logs/log-line';
import { type ResourceLimits, type Resources, type ServiceSpec } from './services/service-spec';
import { type ServiceRef, type ServiceRevision, type SwarmService } from './services/swarm-service';
import { type SwarmTask } from './tasks/swarm-task';

export interface CallOptions {
  readonly signal?: AbortSignal;
}
export interface ConnectOptions {
  readonly host?: string;
  readonly timeoutMs?: number;
}
export declare class SwarmServices {
  create(spec: ServiceSpec, options?: CallOptions): Promise<ServiceRef>;
  get(id: string): Promise<SwarmService | undefined>;
  getByName(name: string): Promise<SwarmService | undefined>;
  getByLabel(key: string, value: string): Promise<SwarmService | undefined>;
  list(filter?: { readonly labels?: Labels }): Promise<SwarmService[]>;
  remove(id: string): Promise<void>;
  updateLabels(id: string, labels: Readonly<Record<string, string | null>>): Promise<ServiceRevision>;
  updateResources(
    id: string,
    resources: { limits?: ResourceLimits; reservations?: Resources },
  ): Promise<ServiceRevision>;
  scale(id: string, replicas: number): Promise<ServiceRevision>;
  forceUpdate(id: string): Promise<ServiceRevision>;
  logs(id: string, options?: LogOptions): Promise<LogLine[]>;
}
export declare class SwarmTasks {
  list(filter: { readonly serviceId: string; readonly labels?: Labels }): Promise<SwarmTask[]>;
  logs(taskId: string, options?: LogOptions): Promise<LogLine[]>;
}
export interface SecretRef {
  readonly id: string;
  readonly name: string;
  readonly labels: Labels;
}
export declare class SwarmSecrets {
  create(secret: {
    readonly name: string;
    readonly labels: Labels;
    readonly data: string | Buffer;
  }): Promise<SecretRef>;
  remove(id: string): Promise<void>;
  list(filter?: { readonly labels?: Labels }): Promise<SecretRef[]>;
  getByName(name: string): Promise<SecretRef | undefined>;
}
export interface SwarmNetwork {
  readonly id: string;
  readonly name: string;
  readonly driver: string;
  readonly subnets: readonly string[];
  readonly labels: Labels;
}
export declare class SwarmNetworks {
  resolve(name: string): Promise<string>;
  list(): Promise<SwarmNetwork[]>;
  createOverlay(network: {
    readonly name: string;
    readonly labels: Labels;
    readonly subnet?: string;
    readonly attachable?: boolean;
    readonly internal?: boolean;
  }): Promise<SwarmNetwork>;
  capacity(id: string): Promise<{ readonly usable: number; readonly used: number }>;
}
export interface SwarmNode {
  readonly id: string;
  readonly hostname: string;
  readonly role: 'manager' | 'worker';
  readonly state: string;
  readonly availability: string;
  readonly labels: Labels;
  readonly cpus: number;
  readonly memoryBytes: number;
}
export declare class SwarmNodes {
  list(): Promise<SwarmNode[]>;
  fits(
    reservation: Resources,
    constraints?: readonly string[],
  ): Promise<{ readonly fits: boolean; readonly reason: string; readonly nodeIds: readonly string[] }>;
}
export declare class Convergence {
  awaitConverged(serviceId: string, options: ConvergeOptions): Promise<SwarmTask>;
  awaitGone(serviceId: string, options: GoneOptions): Promise<void>;
}
export interface JobResult {
  readonly exitCode: number;
  readonly logTail: readonly string[];
}
export declare class SwarmJobs {
  run(
    spec: ServiceSpec,
    options: {
      readonly withinMs: number;
      readonly signal?: AbortSignal;
      readonly onProgress?: (text: string) => void;
    },
  ): Promise<JobResult>;
}
/** The parts of one Swarm, over one connection. */
export declare class Swarm {
  readonly capabilities: EngineCapabilities;
  readonly services: SwarmServices;
  readonly tasks: SwarmTasks;
  readonly secrets: SwarmSecrets;
  readonly networks: SwarmNetworks;
  readonly nodes: SwarmNodes;
  readonly convergence: Convergence;
  readonly jobs: SwarmJobs;
  close(): void;
}
export declare function connectSwarm(options?: ConnectOptions): Promise<Swarm>;
