import { Agent, type ClientRequestArgs, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
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

/** The connections to upstreams, capped for each host. */
export class UpstreamAgents {
  private readonly shared: Agent;
  private readonly single: Agent;

  constructor(connectionsPerHost: number) {
    this.shared = new ConnectLimitingAgent({
      keepAlive: true,
      maxSockets: connectionsPerHost,
      maxFreeSockets: IDLE_CONNECTIONS_PER_HOST,
      timeout: IDLE_FOR_MS,
    });
    this.single = new ConnectLimitingAgent({ keepAlive: false, maxSockets: connectionsPerHost });
  }

  /**
   * A kept connection may be closed by the other side just as a request is written to it. Only what can be asked twice
   * takes that risk; the rest gets a connection of its own.
   */
  for(request: IncomingMessage): Agent {
    return isRepeatable(request) && request.headers.upgrade === undefined ? this.shared : this.single;
  }

  close(): void {
    this.shared.destroy();
    this.single.destroy();
  }
}
