import { Injectable } from '@nestjs/common';
import type { JsonObject, Step } from '@saasodoo/operations/domain';
import { type TenantContext } from '@saasodoo/tenants';
import { TemplateDatabases } from '../../odoo-database/template-databases';
import { needsOwnInitialisation } from '../../odoo-database/needs-own-initialisation';

/** Finds the database to clone. Demo data and other languages are not in it: such an instance is initialised by itself. */
@Injectable()
export class PrepareTemplateStep implements Step<TenantContext> {
  readonly name = 'prepare-template';
  readonly timeoutMs = 600_000;

  constructor(private readonly templates: TemplateDatabases) {}

  async run(context: TenantContext): Promise<JsonObject> {
    if (needsOwnInitialisation(context.instance)) return { template: null };
    return { template: await this.templates.ensure(context) };
  }

  async undo(context: TenantContext): Promise<void> {
    if (!needsOwnInitialisation(context.instance)) await this.templates.abandon(context);
  }
}
