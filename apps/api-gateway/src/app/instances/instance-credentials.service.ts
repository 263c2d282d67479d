import { Inject, Injectable } from '@nestjs/common';
import { AuditLogRepository } from '@saasodoo/identity/data-access';
import type { Actor } from '@saasodoo/identity/domain';
import { InstanceRepository, InstanceSecretsRepository } from '@saasodoo/instances/data-access';
import { finalStatus } from '@saasodoo/instances/domain';
import { AppError } from '@saasodoo/kernel';
import { DataSource } from 'typeorm';
import type { CredentialsResponse } from './credentials.response';
import { instanceUnknown } from './instance-unknown';

@Injectable()
export class InstanceCredentialsService {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(InstanceSecretsRepository) private readonly secrets: InstanceSecretsRepository,
    @Inject(AuditLogRepository) private readonly audit: AuditLogRepository,
  ) {}

  /**
   * Opens the sealed password of Odoo's administrator for its owner; that it was read is written down first.
   * Throws `instance.not_found`, or `credentials.none` when nothing is left to log in to.
   */
  async read(id: string, actor: Actor): Promise<CredentialsResponse> {
    const instance = await this.instances.findForCustomer(id, actor.customerId);
    if (instance === undefined) throw instanceUnknown();
    await this.audit.recordAlone({ actor, action: 'credentials.read', subject: id });
    const { adminPassword } = await this.secrets.open(this.dataSource.manager, id);
    if (adminPassword === undefined || instance.status === finalStatus) {
      throw AppError.terminal('credentials.none', 'this instance has no credentials', { httpStatus: 404 });
    }
    return { login: instance.adminEmail, password: adminPassword };
  }
}
