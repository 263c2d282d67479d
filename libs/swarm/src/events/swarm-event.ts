export const EVENT_KINDS = ['service', 'node', 'secret', 'network', 'container'] as const;

export type EventKind = (typeof EVENT_KINDS)[number];

/**
 * What a watch tells: that something changed, or `resync`: events may have been missed, so look at everything. Events are
 * hints where to look, no more.
 */
export type SwarmEvent = { readonly kind: 'resync' } | SwarmChange;

/** Something that happened in the Swarm, or to a container of the node connected to. */
export interface SwarmChange {
  readonly kind: EventKind;
  /** In the engine's words: `create`, `update`, `remove`, `start`, `die`, `oom`, `kill`, `health_status`, `destroy`. */
  readonly action: string;
  /** What comes after the colon of an action: `unhealthy`, `healthy`. */
  readonly detail: string | undefined;
  /** Of the service, node, secret, network or container. */
  readonly id: string;
  readonly name: string;
  readonly time: Date;
  /** The service itself, or the one a container belongs to; absent for containers that belong to none. */
  readonly serviceId: string | undefined;
  readonly taskId: string | undefined;
  readonly nodeId: string | undefined;
  /** Of containers that carry the label; events of services tell no labels. */
  readonly instanceId: string | undefined;
  /** Of a container that died. */
  readonly exitCode: number | undefined;
  /** All the engine says, labels of the container among it: `state.new`, `updatestate.new`, `signal`. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface WatchOptions {
  /** Ends the watch, without an error. */
  readonly signal: AbortSignal;
  /** Also tell what happened since then, as far as the engine remembers (256 events); default: from now on. */
  readonly since?: Date | undefined;
  /** Called whenever the stream broke or could not be opened; the watch then tries again by itself. */
  readonly onBroken?: ((error: unknown) => void) | undefined;
}
