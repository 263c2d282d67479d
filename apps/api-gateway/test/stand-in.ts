import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newId } from '@saasodoo/kernel';

/** Answers like the janitor's internal API, without cleaning anything: what is tested is how it is asked. */
export interface StandIn {
  readonly environment: { readonly JANITOR_URL: string; readonly JANITOR_KEY: string };
  /** `METHOD path` of what it was asked with the right key. */
  readonly asked: readonly string[];
  /** What it answers from now on; without it a report. */
  answerWith(answer: { readonly status: number; readonly body: string } | undefined): void;
  close(): Promise<void>;
}

export async function startStandIn(): Promise<StandIn> {
  const key = randomBytes(32).toString('base64');
  const asked: string[] = [];
  let fixed: { readonly status: number; readonly body: string } | undefined;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    const isKnown = request.headers.authorization === `Bearer ${key}`;
    if (isKnown) asked.push(`${request.method} ${request.url}`);
    const isDryRun = request.url?.includes('dry_run=true') === true;
    const report = { id: newId(), dry_run: isDryRun, alarm: null, counts: {}, findings: [] };
    const { status, body } = fixed ?? { status: 200, body: JSON.stringify(report) };
    response
      .writeHead(isKnown ? status : 401, { 'content-type': 'application/json' })
      .end(isKnown ? body : '{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    environment: { JANITOR_URL: `http://127.0.0.1:${port}`, JANITOR_KEY: key },
    asked,
    answerWith: (answer) => {
      fixed = answer;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
