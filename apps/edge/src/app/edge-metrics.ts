import { Injectable } from '@nestjs/common';
import { Metrics } from '@saasodoo/observability';
import type { Counter, Gauge } from 'prom-client';

/** What became of a request: `proxied`, `websocket`, `client_gone`, `failed`, or the code of the explanation it got. */
export type Outcome = string;

/** How the edge is doing, by outcome; never by host, of which there is no end. */
@Injectable()
export class EdgeMetrics {
  private readonly requests: Counter<'outcome'>;
  private readonly retries: Counter;
  private readonly openSockets: Gauge;
  private readonly openRequests: Gauge;

  constructor(metrics: Metrics) {
    this.requests = metrics.counter({
      name: 'saasodoo_edge_requests_total',
      help: 'Requests by what became of them.',
      labels: ['outcome'],
    });
    this.retries = metrics.counter({
      name: 'saasodoo_edge_retries_total',
      help: 'Attempts beyond the first to reach an upstream.',
    });
    this.openSockets = metrics.gauge({
      name: 'saasodoo_edge_websockets_open',
      help: 'Websockets open through the edge.',
    });
    this.openRequests = metrics.gauge({
      name: 'saasodoo_edge_requests_open',
      help: 'Requests under way and websockets open, of all clients.',
    });
  }

  count(outcome: Outcome): void {
    this.requests.inc({ outcome });
  }

  countRetry(): void {
    this.retries.inc();
  }

  showOpenSockets(open: number): void {
    this.openSockets.set(open);
  }

  showOpenRequests(open: number): void {
    this.openRequests.set(open);
  }
}
