import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How the monitor answers a path below `/internal/`. */
export type MonitorAnswer = (request: IncomingMessage, response: ServerResponse) => void;

/** Speaks the monitor's HTTP as far as the gateway asks for it, and answers what a test says. */
export class MonitorStandIn {
  readonly key = randomBytes(32).toString('base64');
  readonly asked: string[] = [];
  answer: MonitorAnswer = (_request, response) => json(response, 404, { code: 'x.unknown', message: 'x' });
  private readonly server: Server;

  private constructor() {
    this.server = createServer((request, response) => {
      this.asked.push(request.url ?? '');
      if (request.headers.authorization === `Bearer ${this.key}`) this.answer(request, response);
      else json(response, 401, { code: 'monitor.key_refused', message: 'no' });
    });
  }

  static async start(): Promise<MonitorStandIn> {
    const monitor = new MonitorStandIn();
    monitor.server.listen(0, '127.0.0.1');
    await once(monitor.server, 'listening');
    return monitor;
  }

  get environment(): Readonly<Record<string, string>> {
    const { port } = this.server.address() as AddressInfo;
    return { MONITOR_URL: `http://127.0.0.1:${port}`, MONITOR_KEY: this.key };
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

export function json(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
