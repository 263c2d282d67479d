import { Inject, Injectable } from '@nestjs/common';
import { UpgradeInstance } from '@saasodoo/contracts';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import { type Actor, changeScope } from '@saasodoo/identity/domain';
import { InstanceRepository } from '@saasodoo/instances/data-access';
import { assertCommandAllowed, type Instance, type UpgradeWish } from '@saasodoo/instances/domain';
import { newId } from '@saasodoo/kernel';
import type { EntityManager } from 'typeorm';
import type { Answer } from '../http/answer';
import { IdempotentRequests } from '../idempotency/idempotent-requests';
import { acceptedAnswer } from '../instances/accepted-answer';
import type { ChangeRequest } from '../instances/change-request';
import { instanceUnknown } from '../instances/instance-unknown';
import type { InstanceResponse } from '../instances/instance.response';
import { OperationRequests } from '../operations/operation-requests';
import type { UpgradeInstanceRequest } from './upgrade-instance.request';
import { UpgradeOffers } from './upgrade-offers';
import { UpgradePreviewResponse } from './upgrade-preview.response';

/** Accepts upgrades; a worker does the rest, and decides once more what changes when its turn has come. */
@Injectable()
export class UpgradeRequests {
  constructor(
    @Inject(IdempotentRequests) private readonly requests: IdempotentRequests,
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(UpgradeOffers) private readonly offers: UpgradeOffers,
    @Inject(OperationRequests) private readonly operations: OperationRequests,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /** Throws `instance.not_found`, `role.insufficient`, and why it is refused, see `assertCommandAllowed` and `planUpgrade`. */
  async preview(
    id: string,
    request: UpgradeInstanceRequest,
    actor: Actor,
  ): Promise<Answer<UpgradePreviewResponse>> {
    const instance = await this.instances.findInScope(id, changeScope(actor));
    if (instance === undefined) throw instanceUnknown();
    assertCommandAllowed('upgrade', instance);
    const plan = this.offers.planFor(instance, wishOf(request));
    return { status: 200, headers: {}, body: UpgradePreviewResponse.of(instance, plan) };
  }

  /** Throws the same. */
  async upgrade(
    id: string,
    { odoo_version, modules }: UpgradeInstanceRequest,
    { actor, idempotencyKey: key }: ChangeRequest,
  ): Promise<Answer<InstanceResponse>> {
    const scope = changeScope(actor);
    const request = {
      ...(odoo_version === undefined ? {} : { odoo_version }),
      ...(modules === undefined ? {} : { modules }),
    };
    const attempt = { scope: actor.customerId, key, operation: `upgrade:${id}`, request };
    return this.requests.run(attempt, async (em) => {
      const instance = await this.instances.lockInScope(em, id, scope);
      if (instance === undefined) throw instanceUnknown();
      return this.accept(em, { instance, actor }, request);
    });
  }

  private async accept(
    em: EntityManager,
    { instance, actor }: { readonly instance: Instance; readonly actor: Actor },
    request: { readonly odoo_version?: string; readonly modules?: string[] },
  ): Promise<Answer<InstanceResponse>> {
    assertCommandAllowed('upgrade', instance);
    const { from, to, modules } = this.offers.planFor(instance, wishOf(request));
    const generation = await this.instances.requestDesiredState(em, instance.id, instance.desiredState);
    const safetyId = newId();
    const operation = await this.operations.open(em, {
      ...{ kind: 'upgrade', contract: UpgradeInstance, input: { ...request, safety_backup_id: safetyId } },
      instance: { ...instance, generation },
    });
    await this.audit.record(em, {
      ...{ actor, customerId: instance.customerId, action: 'instance.upgrade', subject: instance.id },
      before: {
        ...{ status: instance.status, desired_state: instance.desiredState },
        ...{ odoo_version: from.odooVersion, odoo_image: from.odooImage?.image ?? null },
      },
      after: {
        ...{ odoo_version: to.odooVersion, odoo_image: to.odooImage.image, modules: [...modules] },
        ...{ safety_backup_id: safetyId, operation_id: operation.id },
      },
    });
    return acceptedAnswer(await this.instances.get(instance.id, em), operation);
  }
}

function wishOf({
  odoo_version: odooVersion,
  modules,
}: Pick<UpgradeInstanceRequest, 'odoo_version' | 'modules'>): UpgradeWish {
  return {
    ...(odooVersion === undefined ? {} : { odooVersion }),
    ...(modules === undefined ? {} : { modules }),
  };
}
