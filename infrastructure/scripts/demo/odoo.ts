import { poll } from '../process.ts';
import type { EdgeClient } from '../stack/http.ts';

export interface OdooCredentials {
  readonly database: string;
  readonly login: string;
  readonly password: string;
}

/** Waits for Odoo's own login page through the edge; whatever else answers meanwhile is the holding page. */
export async function waitForLoginPage(edge: EdgeClient, database: string): Promise<void> {
  let last = 'nothing';
  const served = await poll(
    async () => {
      const answer = await edge.call(database, '/web/login', { timeoutMs: 10_000 });
      last = `${answer.status}`;
      return answer.status === 200 && answer.body.includes('oe_login_form') ? true : undefined;
    },
    60_000,
    50,
  );
  if (served === undefined) throw new Error(`Odoo's login page did not come; the last answer was ${last}`);
}

interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: { readonly data?: { readonly message?: string } };
}

async function rpc(edge: EdgeClient, database: string, params: object): Promise<unknown> {
  const answer = await edge.call(database, '/jsonrpc', {
    method: 'POST',
    json: { jsonrpc: '2.0', method: 'call', id: 1, params },
    timeoutMs: 60_000,
  });
  const { result, error } = JSON.parse(answer.body) as RpcAnswer;
  if (error !== undefined) throw new Error(`Odoo refused: ${error.data?.message ?? answer.body}`);
  return result;
}

/** Logs in as a program would; answers the user's id in that Odoo. */
export async function odooLogin(
  edge: EdgeClient,
  { database, login, password }: OdooCredentials,
): Promise<number> {
  const args = [database, login, password, {}];
  const user = await rpc(edge, database, { service: 'common', method: 'authenticate', args });
  if (typeof user !== 'number') throw new Error(`Odoo refused the login it was made with: ${String(user)}`);
  return user;
}

/** Somebody at work in an Odoo. */
export interface OdooUser extends OdooCredentials {
  readonly id: number;
}

/** Calls a method of a model, as programs do. */
export function odooExecute(
  edge: EdgeClient,
  { database, id, password }: OdooUser,
  model: string,
  call: readonly [method: string, ...args: unknown[]],
): Promise<unknown> {
  const args = [database, id, password, model, ...call];
  return rpc(edge, database, { service: 'object', method: 'execute', args });
}
