import { Injectable } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import { randomSecret } from '@saasodoo/kernel';
import { templateName } from '@saasodoo/odoo';
import type { TenantContext } from '../tenant/tenant-context';
import { OdooInitialisation } from './odoo-initialisation';

/** The databases that instances are cloned from: one per image and server, built by whoever needs it first. */
@Injectable()
export class TemplateDatabases {
  constructor(
    private readonly databases: TenantDatabases,
    private readonly initialisation: OdooInitialisation,
  ) {}

  /** Answers the name of a template that can be cloned; builds it when there is none, which takes 10 to 60 s. */
  async ensure(context: TenantContext): Promise<string> {
    const name = templateName(context.instance.odooVersion, context.imageId);
    if (await this.isReady(name)) return name;
    await context.progress(
      `building the template for Odoo ${context.instance.odooVersion}, once for all instances`,
    );
    await this.databases.withLock(
      name,
      async (signal) => {
        if (!(await this.isReady(name))) await this.build(name, context, signal);
      },
      context.signal,
    );
    return name;
  }

  /** A template is sealed when it is complete; what is not sealed was left half-built. */
  private async isReady(name: string): Promise<boolean> {
    const found = await this.databases.describe(name);
    return found?.isTemplate === true;
  }

  private async build(name: string, context: TenantContext, signal: AbortSignal): Promise<void> {
    const jobId = `odoo-init-${name.slice(-8)}`;
    const role = `${name}_builder`;
    const password = randomSecret();
    await this.initialisation.clear(jobId, signal);
    await this.databases.dropTemplate(name);
    await this.databases.ensureRole(role, password);
    await this.databases.createEmpty(name, role);
    const { image, profile } = context;
    const progress = (text: string): Promise<void> => context.progress(text);
    await this.initialisation.run({
      jobId,
      image,
      profile,
      database: { name, role, password },
      signal,
      progress,
    });
    await this.databases.sealTemplate(name, JSON.stringify({ 'saasodoo.template': context.imageId }));
  }
}
