import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { inState } from '../paths.ts';
import { say, seconds } from '../progress.ts';
import type { EdgeClient, HttpCall } from '../stack/http.ts';

interface OperationView {
  readonly id: string;
  readonly status: string;
  readonly error?: { readonly code: string; readonly message: string; readonly hint?: string } | null;
  readonly steps: readonly StepView[];
}

interface StepView {
  readonly name: string;
  readonly status: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
}

export interface InstanceView {
  readonly id: string;
  readonly odoo_version: string;
  readonly service_name: string;
  readonly operation: OperationView;
}

export async function callJson<T>(edge: EdgeClient, host: string, path: string, call: HttpCall): Promise<T> {
  const answer = await edge.call(host, path, call);
  if (answer.status >= 400)
    throw new Error(`${call.method ?? 'GET'} ${host}${path} answered ${answer.status}: ${answer.body}`);
  return JSON.parse(answer.body) as T;
}

/** The demo's customer is made once and kept, so that a second run finds the instances of the first. */
async function demoPassword(stack: string): Promise<string> {
  const path = inState(stack, 'demo-password');
  const known = await readFile(path, 'utf8').catch(() => undefined);
  if (known !== undefined) return known;
  const password = `${randomBytes(12).toString('base64url')}aA1!`;
  await mkdir(inState(stack), { recursive: true, mode: 0o700 });
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

/** Registers the demo's customer when it is new and logs in; answers the access token. */
export async function signIn(edge: EdgeClient): Promise<string> {
  const password = await demoPassword(edge.settings.name);
  const email = 'demo@example.com';
  const registered = await edge.call('auth', '/register', {
    method: 'POST',
    json: { email, password, first_name: 'Demo', last_name: 'Customer' },
  });
  if (registered.status !== 201 && registered.status !== 409) {
    throw new Error(`the demo's customer could not be registered: ${registered.status} ${registered.body}`);
  }
  const json = { email, password };
  const { access_token } = await callJson<{ access_token: string }>(edge, 'auth', '/login', {
    method: 'POST',
    json,
  });
  return access_token;
}

export function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** Asks for an instance of the newest Odoo this site has. */
export async function createInstance(
  edge: EdgeClient,
  token: string,
  database: string,
): Promise<InstanceView> {
  const headers = bearer(token);
  const { versions } = await callJson<{ versions: readonly string[] }>(edge, 'api', '/instance/versions', {
    headers,
  });
  const newest = [...versions].sort((a, b) => Number(b) - Number(a))[0];
  return callJson<InstanceView>(edge, 'api', '/instance/instances', {
    method: 'POST',
    headers,
    json: {
      name: 'Demo',
      database_name: database,
      admin_email: 'admin@example.com',
      odoo_version: newest,
      instance_type: 'development',
      billing_status: 'trial',
    },
  });
}

export async function credentialsOf(
  edge: EdgeClient,
  token: string,
  id: string,
): Promise<{ login: string; password: string }> {
  return callJson(edge, 'api', `/instance/instances/${id}/credentials`, { headers: bearer(token) });
}

function sayStep(step: StepView): void {
  const took = Date.parse(step.ended_at ?? '') - Date.parse(step.started_at ?? '');
  say(
    `  ${step.status === 'done' ? '✔' : '·'} ${step.name}  ${Number.isNaN(took) ? step.status : seconds(took)}`,
  );
}

function saySettled(operation: OperationView, said: Set<string>): void {
  const settled = operation.steps.filter(
    ({ name, status }) => !said.has(name) && status !== 'pending' && status !== 'running',
  );
  for (const step of settled) {
    said.add(step.name);
    sayStep(step);
  }
}

/** Prints each step of the operation as the platform streams it; throws the platform's own reason when it fails. */
export async function followOperation(edge: EdgeClient, token: string, id: string): Promise<void> {
  const said = new Set<string>();
  const path = `/instance/operations/${id}`;
  const headers = { ...bearer(token), accept: 'text/event-stream' };
  const stream = await edge.open('api', `${path}/events`, { headers, timeoutMs: 300_000 });
  let rest = '';
  for await (const chunk of stream.setEncoding('utf8')) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith('data: {'))
        saySettled(JSON.parse(line.slice('data: '.length)) as OperationView, said);
    }
  }
  const operation = await callJson<OperationView>(edge, 'api', path, { headers: bearer(token) });
  saySettled(operation, said);
  if (operation.status !== 'succeeded') throw failed(operation);
}

/** Asks for the end of an instance and waits for it. */
export async function removeInstance(edge: EdgeClient, token: string, id: string): Promise<void> {
  const call = { method: 'DELETE', headers: bearer(token) };
  const { operation } = await callJson<InstanceView>(edge, 'api', `/instance/instances/${id}`, call);
  await awaitOperation(edge, token, operation.id);
}

/** Asks an instance to start or stop and waits until it has. */
export async function tellInstance(
  edge: EdgeClient,
  token: string,
  { id, verb }: { readonly id: string; readonly verb: 'start' | 'stop' },
): Promise<void> {
  const call = { method: 'POST', headers: bearer(token) };
  const { operation } = await callJson<InstanceView>(edge, 'api', `/instance/instances/${id}/${verb}`, call);
  await awaitOperation(edge, token, operation.id);
}

export async function awaitOperation(edge: EdgeClient, token: string, id: string): Promise<void> {
  const path = `/instance/operations/${id}?wait=20s`;
  for (;;) {
    const operation = await callJson<OperationView>(edge, 'api', path, { headers: bearer(token) });
    if (operation.status === 'succeeded') return;
    if (operation.status === 'failed' || operation.status === 'cancelled') throw failed(operation);
  }
}

function failed({ status, error }: OperationView): Error {
  return new Error(`the operation is ${status}: ${error?.message ?? ''} ${error?.hint ?? ''}`);
}

export interface HealthView {
  readonly healthy: 'true' | 'false' | 'unknown';
  readonly reason: string;
  readonly message: string;
}

export function healthOf(edge: EdgeClient, token: string, id: string): Promise<HealthView> {
  return callJson(edge, 'api', `/instance/instances/${id}/health`, { headers: bearer(token) });
}
