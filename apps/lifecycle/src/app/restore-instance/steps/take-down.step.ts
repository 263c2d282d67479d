import { Injectable } from '@nestjs/common';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { isMeantToRun, type TenantContext } from '@saasodoo/tenants';
import { OdooSwitch } from '../odoo-switch';

/** No Odoo writes from here on. Undone, the instance serves again as it did before. */
@Injectable()
export class TakeDownStep implements Step<TenantContext> {
  readonly name = 'take-down';
  readonly timeoutMs = 600_000;

  constructor(private readonly odoo: OdooSwitch) {}

  async run(context: TenantContext): Promise<JsonObject> {
    return { service_id: (await this.odoo.off(context)) ?? null };
  }

  async undo(context: TenantContext): Promise<void> {
    if (isMeantToRun(context.instance)) await this.odoo.on(context);
  }
}
