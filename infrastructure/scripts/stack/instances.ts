import { poll } from '../process.ts';
import { seconds, step } from '../progress.ts';
import type { EdgeClient } from './http.ts';
import { secretValue } from './secrets.ts';
import { publicUrl } from './settings.ts';

/** What matters of an instance to whoever waits for it. */
export interface InstanceSummary {
  readonly id: string;
  readonly database_name: string;
  readonly status: string;
  readonly desired_state: string;
  readonly error: { readonly code: string; readonly message: string; readonly hint?: string } | null;
}

const PAGE_SIZE = 100;
/** More at a time would only wait for the same node. */
const AT_ONCE = 10;
const ANSWERS_WITHIN_MS = 600_000;

/** The access token of the administrator whom the deployment was made with. */
export async function logInAsAdmin(edge: EdgeClient): Promise<string> {
  const { name, adminEmail: email } = edge.settings;
  const json = { email, password: await secretValue(name, 'admin_password') };
  const answer = await edge.call('auth', '/login', { method: 'POST', json });
  if (answer.status !== 200)
    throw new Error(`the administrator ${email} could not log in: ${answer.status} ${answer.body}`);
  return (JSON.parse(answer.body) as { access_token: string }).access_token;
}

async function allInstances(edge: EdgeClient): Promise<InstanceSummary[]> {
  const headers = { authorization: `Bearer ${await logInAsAdmin(edge)}` };
  const found: InstanceSummary[] = [];
  for (let page = 1; ; page += 1) {
    const path = `/admin/instances?page=${page}&page_size=${PAGE_SIZE}`;
    const answer = await edge.call('api', path, { headers });
    if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status}: ${answer.body}`);
    const { instances } = JSON.parse(answer.body) as { instances: readonly InstanceSummary[] };
    found.push(...instances);
    if (instances.length < PAGE_SIZE) return found;
  }
}

/** Instances that somebody wants to run. Those that ended in an error did not run before either, and are left out. */
export async function instancesMeantToRun(edge: EdgeClient): Promise<InstanceSummary[]> {
  const wanted = (await allInstances(edge)).filter(({ desired_state }) => desired_state === 'running');
  return wanted.filter(({ status }) => status !== 'error');
}

async function answers(edge: EdgeClient, { database_name }: InstanceSummary): Promise<true | undefined> {
  const answer = await edge.call(database_name, '/web/login', { timeoutMs: 10_000 }).catch(() => undefined);
  return answer !== undefined && answer.status < 400 ? true : undefined;
}

async function reasonFor(edge: EdgeClient, id: string): Promise<string> {
  const instance = (await allInstances(edge)).find((candidate) => candidate.id === id);
  const { code = '', message = '', hint = '' } = instance?.error ?? {};
  return `it is ${instance?.status ?? 'gone'}. ${code} ${message} ${hint}`.trim();
}

/** Answers why it did not come, or nothing when it did. */
function waitFor(edge: EdgeClient, instance: InstanceSummary): Promise<string | undefined> {
  return step(publicUrl(edge.settings, instance.database_name), async (note) => {
    if ((await poll(() => answers(edge, instance), ANSWERS_WITHIN_MS, 500)) === true) return undefined;
    note('does not answer');
    return `no answer within ${seconds(ANSWERS_WITHIN_MS)}: ${await reasonFor(edge, instance.id)}`;
  });
}

/** Waits until each of them answers through the edge, and prints it. Tells those that did not, and why. */
export async function waitForInstances(
  edge: EdgeClient,
  instances: readonly InstanceSummary[],
): Promise<ReadonlyMap<InstanceSummary, string>> {
  const missing = new Map<InstanceSummary, string>();
  const left = [...instances];
  const takeTurns = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const reason = await waitFor(edge, next);
      if (reason !== undefined) missing.set(next, reason);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, takeTurns));
  return missing;
}
