import { type Labels } from '../labels';

/** A machine of the Swarm. */
export interface SwarmNode {
  readonly id: string;
  readonly hostname: string;
  readonly role: 'manager' | 'worker';
  readonly state: 'unknown' | 'down' | 'ready' | 'disconnected';
  readonly availability: 'active' | 'pause' | 'drain';
  readonly address: string;
  readonly labels: Labels;
  readonly engineLabels: Labels;
  readonly cpus: number;
  readonly memoryBytes: number;
  readonly operatingSystem: string;
  readonly architecture: string;
}
