import { Injectable } from '@nestjs/common';
import { InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { type ErrorRecord, randomSecret } from '@saasodoo/kernel';
import type { Operation, Step, StepContext, Workflow } from '@saasodoo/operations/domain';
import { type TenantContext, TenantContexts, TenantImages } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { LifecycleSteps } from '../steps/lifecycle-steps';
import { CopyChanges } from './copy-changes';

/** A new instance that begins with the data of a backup; what was made is undone when it cannot be finished. */
@Injectable()
export class RestoreNewInstanceWorkflow implements Workflow<EntityManager, TenantContext> {
  readonly kind = 'restore-new';
  readonly steps: readonly Step<TenantContext>[];

  constructor(
    steps: LifecycleSteps,
    private readonly contexts: TenantContexts,
    private readonly secrets: InstanceSecretsRepository,
    private readonly changes: CopyChanges,
    private readonly images: TenantImages,
  ) {
    this.steps = steps.of(this.kind);
  }

  contextFor(context: StepContext): Promise<TenantContext> {
    return this.contexts.contextFor(context);
  }

  /** Passwords and image are stored before anything is made with them, so that every later attempt uses the same ones. */
  async begin(em: EntityManager, { instanceId }: Operation): Promise<void> {
    await this.images.choose(em, instanceId);
    const stored = await this.secrets.open(em, instanceId);
    await this.secrets.set(em, instanceId, {
      adminPassword: stored.adminPassword ?? randomSecret(12),
      databasePassword: stored.databasePassword ?? randomSecret(),
    });
  }

  async succeed(em: EntityManager, operation: Operation): Promise<void> {
    await this.changes.made(em, operation);
  }

  async fail(em: EntityManager, operation: Operation, error: ErrorRecord): Promise<void> {
    await this.changes.failed(em, operation, error);
  }
}
