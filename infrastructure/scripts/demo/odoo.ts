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

/** Logs in as a program would; answers the user's id in that Odoo. */
export async function odooLogin(
  edge: EdgeClient,
  { database, login, password }: OdooCredentials,
): Promise<number> {
  const answer = await edge.call(database, '/jsonrpc', {
    method: 'POST',
    json: {
      jsonrpc: '2.0',
      method: 'call',
      id: 1,
      params: { service: 'common', method: 'authenticate', args: [database, login, password, {}] },
    },
  });
  const { result } = JSON.parse(answer.body) as { result?: number | false };
  if (typeof result !== 'number') throw new Error(`Odoo refused the login it was made with: ${answer.body}`);
  return result;
}
