import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { once } from 'node:events';
import { Logger } from '@nestjs/common';
import type { ClientAddresses } from './client-addresses';
import { ClientLimit } from './client-limit';
import type { EdgeMetrics } from './edge-metrics';
import { type Explanation, TOO_MANY_REQUESTS } from './pages/explanation';
import type { Forwarder } from './proxy/forwarder';
import { type Client, isWebSocket, prepareHeaders, prepareUpgrade, refuse } from './proxy/prepare-request';
import { sendExplanation, sendExplanationOnSocket } from './proxy/send-explanation';
import type { Router } from './routing/router';

export interface EdgeServerOptions {
  readonly port: number;
  readonly publicScheme: 'http' | 'https';
  readonly clientAddresses: ClientAddresses;
  /** Requests and websockets that one address may have at a time. */
  readonly requestsPerClient: number;
}

const MAX_HEADER_BYTES = 64 * 1024;
const HEADERS_WITHIN_MS = 60_000;
/** Longer than load balancers in front keep theirs, so that they never write into a connection we just closed. */
const IDLE_FOR_MS = 75_000;
const DRAIN_WITHIN_MS = 10_000;

/** The HTTP server the world talks to. Bodies are streamed, never read here. */
export class EdgeServer {
  private readonly logger = new Logger(EdgeServer.name);
  private readonly server: Server;
  private readonly sockets = new Set<Duplex>();
  private readonly clients: ClientLimit;

  constructor(
    private readonly router: Router,
    private readonly forwarder: Forwarder,
    private readonly metrics: EdgeMetrics,
    private readonly options: EdgeServerOptions,
  ) {
    this.clients = new ClientLimit(options.requestsPerClient);
    this.server = createServer({
      maxHeaderSize: MAX_HEADER_BYTES,
      headersTimeout: HEADERS_WITHIN_MS,
      // An upload may take hours.
      requestTimeout: 0,
      keepAliveTimeout: IDLE_FOR_MS,
      // Other protocols (h2c) may be offered, and are declined by carrying on in HTTP/1.1.
      shouldUpgradeCallback: isWebSocket,
    });
    this.server.on('request', (request, response) => {
      this.handle(request, response).catch(this.fail(response));
    });
    this.server.on('upgrade', (request, socket, head) => {
      this.handleUpgrade(request, socket, head).catch(this.fail(socket));
    });
  }

  get isListening(): boolean {
    return this.server.listening;
  }

  /** Resolves with the port. */
  async listen(): Promise<number> {
    this.server.listen(this.options.port, '0.0.0.0');
    await once(this.server, 'listening');
    return (this.server.address() as AddressInfo).port;
  }

  /** Takes no more requests, lets those under way end for ten seconds, then cuts what is left. */
  async close(): Promise<void> {
    if (!this.server.listening) return;
    const closed = once(this.server, 'close');
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
    const cut = setTimeout(() => this.server.closeAllConnections(), DRAIN_WITHIN_MS);
    await closed;
    clearTimeout(cut);
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const clientStays = response.shouldKeepAlive;
    const client = this.clientOf(request);
    const refusal = refuse(request) ?? this.admit(client, response);
    if (refusal !== undefined) return this.explain(request, response, refusal);
    const destination = await this.router.destinationOf(request.headers.host);
    if (destination.kind === 'explained') return this.explain(request, response, destination.explanation);
    prepareHeaders(request, client);
    await this.forwarder.forward(request, response, destination, clientStays);
  }

  private async handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    this.keep(socket);
    const client = this.clientOf(request);
    const refusal = refuse(request) ?? this.admit(client, socket);
    const destination =
      refusal === undefined
        ? await this.router.destinationOf(request.headers.host)
        : ({ kind: 'explained', explanation: refusal } as const);
    if (destination.kind === 'explained') {
      this.metrics.count(destination.explanation.code);
      sendExplanationOnSocket(request, socket, destination.explanation);
      return;
    }
    prepareUpgrade(request, client);
    this.forwarder.forwardUpgrade(request, socket, head, destination);
  }

  private clientOf(request: IncomingMessage): Client {
    const { clientAddresses, publicScheme } = this.options;
    return { address: clientAddresses.of(request), scheme: publicScheme };
  }

  /** Counts the client's request until its answer closes; says why it cannot be had. */
  private admit({ address }: Client, answer: ServerResponse | Duplex): Explanation | undefined {
    if (answer.destroyed) return undefined;
    if (!this.clients.enter(address)) return TOO_MANY_REQUESTS;
    this.metrics.showOpenRequests(this.clients.total);
    answer.once('close', () => {
      this.clients.leave(address);
      this.metrics.showOpenRequests(this.clients.total);
    });
    return undefined;
  }

  /** What nobody foresaw ends this one request. */
  private fail(answer: ServerResponse | Duplex): (error: unknown) => void {
    return (error) => {
      this.logger.error(error);
      this.metrics.count('failed');
      answer.destroy();
    };
  }

  private explain(request: IncomingMessage, response: ServerResponse, explanation: Explanation): void {
    this.metrics.count(explanation.code);
    sendExplanation(request, response, explanation);
  }

  /** The server forgets a socket once it is upgraded; somebody must know it at the end. */
  private keep(socket: Duplex): void {
    this.sockets.add(socket);
    this.metrics.showOpenSockets(this.sockets.size);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.sockets.delete(socket);
      this.metrics.showOpenSockets(this.sockets.size);
    });
  }
}
