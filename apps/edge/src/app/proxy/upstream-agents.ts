import { Agent, type ClientRequestArgs, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Upstream } from '../routing/router';
import { isRepeatable } from './retry-policy';

/** Shorter than the 5 s after which servers made with Node close an idle connection. */
const IDLE_FOR_MS = 4_000;
const IDLE_CONNECTIONS_PER_HOST = 32;
/** An address on the overlay answers within a millisecond, or its task is gone. */
const CONNECT_WITHIN_MS = 5_000;

/** Gives up on a connection that is not accepted; the answer may then take as long as it likes. */
class ConnectLimitingAgent extends Agent {
  override createConnection(
    ...args: Parameters<Agent['createConnection']>
  ): ReturnType<Agent['createConnection']> {
    const socket = super.createConnection(...args);
    if (socket instanceof Socket) limitConnect(socket, args[0]);
    return socket;
  }
}

function limitConnect(socket: Socket, { host, port }: ClientRequestArgs): void {
  const timer = setTimeout(() => {
    const error = new Error(`${host ?? ''}:${port ?? ''} does not accept the connection`);
    socket.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
  }, CONNECT_WITHIN_MS);
  const stop = (): void => clearTimeout(timer);
  socket.once('connect', stop).once('close', stop);
}

export interface ConnectionLimits {
  readonly toInstance: number;
  /** Everybody's customers need it, so it has more. */
  readonly toGateway: number;
}

interface AgentPair {
  readonly shared: Agent;
  readonly single: Agent;
}

/** The connections to upstreams, capped for each host. */
export class UpstreamAgents {
  private readonly pairs: Readonly<Record<Upstream['kind'], AgentPair>>;

  constructor({ toInstance, toGateway }: ConnectionLimits) {
    this.pairs = { instance: agentPair(toInstance), gateway: agentPair(toGateway) };
  }

  /**
   * A kept connection may be closed by the other side just as a request is written to it. Only what can be asked twice
   * takes that risk; the rest gets a connection of its own.
   */
  for(request: IncomingMessage, { kind }: Upstream): Agent {
    const { shared, single } = this.pairs[kind];
    return isRepeatable(request) && request.headers.upgrade === undefined ? shared : single;
  }

  close(): void {
    for (const { shared, single } of Object.values(this.pairs)) {
      shared.destroy();
      single.destroy();
    }
  }
}

function agentPair(maxSockets: number): AgentPair {
  return {
    shared: new ConnectLimitingAgent({
      keepAlive: true,
      maxSockets,
      maxFreeSockets: IDLE_CONNECTIONS_PER_HOST,
      timeout: IDLE_FOR_MS,
    }),
    single: new ConnectLimitingAgent({ keepAlive: false, maxSockets }),
  };
}
