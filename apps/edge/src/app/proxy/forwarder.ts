import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, systemClock } from '@saasodoo/kernel';
import { createProxyServer } from 'http-proxy-3';
import type { EdgeMetrics } from '../edge-metrics';
import { ANSWER_LOST, type Explanation } from '../pages/explanation';
import type { Upstream } from '../routing/router';
import { prepareAnswer } from './prepare-request';
import { codeOf, isRepeatable, retryDelay, wasUnreached } from './retry-policy';
import { sendExplanation, sendExplanationOnSocket } from './send-explanation';
import type { UpstreamAgents } from './upstream-agents';

type AttemptEnd = { readonly outcome: 'proxied' | 'client_gone' } | { readonly error: Error };

/** Sends prepared requests on and streams their answers back; explains what cannot be reached. */
export class Forwarder {
  private readonly proxy = createProxyServer({ ws: true });
  /** Whether the client asked to keep its connection, before its Connection header was taken away. */
  private readonly staying = new WeakSet<IncomingMessage>();

  constructor(
    private readonly agents: UpstreamAgents,
    private readonly metrics: EdgeMetrics,
    private readonly clock: Clock = systemClock,
  ) {
    this.proxy.on('proxyRes', (answer, request, response) => {
      prepareAnswer(answer, this.staying.has(request));
      breakOffWith(answer, response);
    });
    this.proxy.on('proxyReqWs', (outgoing, _request, socket) => {
      const stopWatching = watchForEnd(socket, () => outgoing.destroy());
      outgoing.once('upgrade', stopWatching);
      // Not a websocket after all: what the library copies by hand must end with its source, and not outrun its reader.
      outgoing.on('response', (answer) => {
        prepareAnswer(answer, false);
        breakOffWith(answer, socket);
        keepPaceWith(answer, socket);
      });
    });
    // Errors of requests come through their own callback; the client's going away is nobody's error.
    this.proxy.on('error', () => undefined);
    this.proxy.on('econnreset', () => undefined);
  }

  /** @param clientStays the client did not ask to close its connection. */
  async forward(
    request: IncomingMessage,
    response: ServerResponse,
    upstream: Upstream,
    clientStays: boolean,
  ): Promise<void> {
    if (clientStays) this.staying.add(request);
    const startedAt = this.clock.now().getTime();
    for (let attempt = 1; ; attempt += 1) {
      const end = await this.attempt(request, response, upstream);
      if ('outcome' in end) return this.metrics.count(end.outcome);
      const elapsedMs = this.clock.now().getTime() - startedAt;
      const delay = mayRepeat(request, response, end.error) ? retryDelay(attempt, elapsedMs) : undefined;
      if (delay === undefined)
        return this.explain(request, response, explainFailure(request, upstream, end.error));
      this.metrics.countRetry();
      await this.clock.sleep(delay);
    }
  }

  /** Connects two sockets for as long as both live. */
  forwardUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer, upstream: Upstream): void {
    this.metrics.count('websocket');
    this.proxy.ws(
      request,
      socket,
      head,
      { target: upstream.url, agent: this.agents.for(request, upstream) },
      (error) => {
        // After the handshake there is nothing left to say.
        if (wasUnreached(error) && socket.writable)
          sendExplanationOnSocket(request, socket, upstream.unreachable);
      },
    );
  }

  private explain(request: IncomingMessage, response: ServerResponse, explanation: Explanation): void {
    this.metrics.count(explanation.code);
    sendExplanation(request, response, explanation);
  }

  /** Resolves when the answer has begun, when the client has gone, or with the error that prevented an answer. */
  private attempt(
    request: IncomingMessage,
    response: ServerResponse,
    upstream: Upstream,
  ): Promise<AttemptEnd> {
    return new Promise((resolve) => {
      const settle = (end: AttemptEnd): void => {
        response.off('pipe', answered).off('close', gone);
        resolve(end);
      };
      const answered = (): void => settle({ outcome: 'proxied' });
      const gone = (): void => settle({ outcome: 'client_gone' });
      response.once('pipe', answered).once('close', gone);
      const options = { target: upstream.url, agent: this.agents.for(request, upstream) };
      this.proxy.web(request, response, options, (error) => settle({ error }));
    });
  }
}

/** An answer that ends too early must not look complete to the client, nor hang. */
function breakOffWith(answer: IncomingMessage, client: { destroy(): unknown }): void {
  answer.once('close', () => {
    if (!answer.complete) client.destroy();
  });
}

/**
 * Calls `gone` when the client leaves; answers how to stop that. Nobody reads the socket before it is a websocket, and
 * unread a stream does not tell of its end: looking makes it, and what the client sent early stays in its buffer.
 */
function watchForEnd(client: Duplex, gone: () => void): () => void {
  const look = (): void => {
    if (client.readableLength === 0) client.read();
  };
  const end = (): void => void client.destroy();
  client.on('readable', look).once('end', end).once('close', gone);
  return () => client.off('readable', look).off('end', end).off('close', gone);
}

function keepPaceWith(answer: IncomingMessage, client: Duplex): void {
  answer.on('data', () => {
    if (!client.writableNeedDrain) return;
    answer.pause();
    client.once('drain', () => answer.resume());
  });
}

function mayRepeat(request: IncomingMessage, response: ServerResponse, error: Error): boolean {
  return isAbsence(request, error) && isRepeatable(request) && !response.headersSent && !response.destroyed;
}

/** Nobody was there, or somebody left before answering what can be asked again: both look like a restart. */
function isAbsence(request: IncomingMessage, error: Error): boolean {
  return wasUnreached(error) || (isRepeatable(request) && codeOf(error) === 'ECONNRESET');
}

function explainFailure(request: IncomingMessage, upstream: Upstream, error: Error): Explanation {
  return isAbsence(request, error) ? upstream.unreachable : ANSWER_LOST;
}
