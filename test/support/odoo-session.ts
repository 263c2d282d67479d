import type { EdgeClient } from '../../infrastructure/scripts/stack/http.ts';
import type { Customer, InstanceView } from './customer';

interface RpcAnswer {
  readonly result?: unknown;
  readonly error?: { readonly data?: { readonly message?: string } };
}

/** The administrator of an instance, at work in its Odoo. */
export class OdooSession {
  private constructor(
    private readonly edge: EdgeClient,
    private readonly database: string,
    private readonly user: { readonly id: number; readonly password: string },
  ) {}

  static async open(edge: EdgeClient, customer: Customer, instance: InstanceView): Promise<OdooSession> {
    const { login, password } = await customer.credentials(instance.id);
    const args = [instance.database_name, login, password, {}];
    const id = Number(
      await rpc(edge, instance.database_name, { service: 'common', method: 'authenticate', args }),
    );
    if (!(id > 0)) throw new Error(`Odoo lets ${login} not in`);
    return new OdooSession(edge, instance.database_name, { id, password });
  }

  execute(model: string, method: string, ...args: readonly unknown[]): Promise<unknown> {
    const { id, password } = this.user;
    return rpc(this.edge, this.database, {
      service: 'object',
      method: 'execute',
      args: [this.database, id, password, model, method, ...args],
    });
  }

  /** Stores a file as users do; Odoo puts it into the filestore. */
  async attach(name: string, content: Buffer): Promise<number> {
    return Number(await this.execute('ir.attachment', 'create', { name, datas: content.toString('base64') }));
  }

  /** Content by name of the attachments whose names begin so. */
  async attachments(prefix: string): Promise<Map<string, string>> {
    const domain = [['name', '=like', `${prefix}%`]];
    const found = (await this.execute('ir.attachment', 'search_read', domain, [
      'name',
      'datas',
    ])) as readonly {
      readonly name: string;
      readonly datas: string;
    }[];
    return new Map(found.map(({ name, datas }) => [name, datas]));
  }
}

async function rpc(edge: EdgeClient, database: string, params: object): Promise<unknown> {
  const json = { jsonrpc: '2.0', method: 'call', id: 1, params };
  const answer = await edge.call(database, '/jsonrpc', { method: 'POST', json, timeoutMs: 60_000 });
  if (answer.status !== 200) throw new Error(`Odoo answered ${answer.status}: ${answer.body.slice(0, 300)}`);
  const { result, error } = JSON.parse(answer.body) as RpcAnswer;
  if (error !== undefined) throw new Error(`Odoo refused: ${error.data?.message ?? answer.body}`);
  return result;
}
