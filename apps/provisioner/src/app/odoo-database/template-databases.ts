import { Injectable } from '@nestjs/common';
import { TenantDatabases } from '@saasodoo/databases';
import { randomSecret } from '@saasodoo/kernel';
import { templateName } from '@saasodoo/odoo';
import { type TenantContext } from '@saasodoo/tenants';
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
    const name = templateName(context.instance.odooVersion, context.image().id);
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

  /** Takes away what a build that was called off has left. A complete template stays: others clone it. */
  async abandon({ instance, image, signal }: TenantContext): Promise<void> {
    const name = templateName(instance.odooVersion, image().id);
    if (await this.isReady(name)) return;
    await this.databases.withLock(
      name,
      async (held) => {
        if (!(await this.isReady(name))) await this.drop(name, held);
      },
      signal,
    );
  }

  private async drop(name: string, signal: AbortSignal): Promise<void> {
    await this.initialisation.clear(jobIdOf(name), signal);
    await this.databases.dropTemplate(name);
  }

  /** A template is sealed when it is complete; what is not sealed was left half-built. */
  private async isReady(name: string): Promise<boolean> {
    const found = await this.databases.describe(name);
    return found?.isTemplate === true;
  }

  private async build(name: string, context: TenantContext, signal: AbortSignal): Promise<void> {
    const jobId = jobIdOf(name);
    const role = `${name}_builder`;
    const password = randomSecret();
    await this.drop(name, signal);
    await this.databases.ensureRole(role, password);
    await this.databases.createEmpty(name, role);
    const { reference: image, id, profile } = context.image();
    const progress = (text: string): Promise<void> => context.progress(text);
    await this.initialisation.run({
      jobId,
      image,
      profile,
      database: { name, role, password },
      signal,
      progress,
    });
    // Whoever lost the lock must not seal what the next builder has begun.
    signal.throwIfAborted();
    await this.databases.sealTemplate(name, JSON.stringify({ 'saasodoo.template': id }));
  }
}

/** The job that builds the template; the name ends in what tells templates apart. */
function jobIdOf(name: string): string {
  return `odoo-init-${name.slice(-8)}`;
}
