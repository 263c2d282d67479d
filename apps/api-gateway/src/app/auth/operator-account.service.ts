import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { CustomerRepository, RoleRepository } from '@saasodoo/identity/data-access';
import { assertStrongPassword, normaliseEmail } from '@saasodoo/identity/domain';
import { AppError, newId, toErrorRecord } from '@saasodoo/kernel';
import { runInTransaction } from '@saasodoo/persistence';
import { DataSource } from 'typeorm';
import { AccessConfig } from '../admin/access.config';
import { Passwords } from './passwords';

/**
 * The first admin, from ADMIN_EMAIL and ADMIN_PASSWORD. Every start sees to it that the account is there and is an admin;
 * its password is set when it is made and never again, so that a change of it lasts.
 */
@Injectable()
export class OperatorAccount implements OnApplicationBootstrap {
  private readonly logger = new Logger(OperatorAccount.name);

  constructor(
    @Inject(AccessConfig) private readonly config: AccessConfig,
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CustomerRepository) private readonly customers: CustomerRepository,
    @Inject(RoleRepository) private readonly roles: RoleRepository,
    @Inject(Passwords) private readonly passwords: Passwords,
  ) {}

  /** Throws `config.admin_password` when the account is to be made and its password is too weak. */
  async onApplicationBootstrap(): Promise<void> {
    const { ADMIN_EMAIL, ADMIN_PASSWORD } = this.config;
    if (ADMIN_EMAIL === undefined || ADMIN_PASSWORD === undefined) {
      this.logger.log('no operator account is seen to: that takes both ADMIN_EMAIL and ADMIN_PASSWORD');
      return;
    }
    const email = normaliseEmail(ADMIN_EMAIL);
    const known = await this.customers.findByEmail(email);
    if (known?.customer.role === 'admin') return;
    if (known === undefined) await this.create(email, ADMIN_PASSWORD);
    const promoted = await runInTransaction(this.dataSource, (em) => this.roles.promoteOperator(em, email));
    if (promoted) this.logger.log(`${email} is an admin`);
  }

  /** Another gateway that starts at the same time may be first: then the account is its. */
  private async create(email: string, password: string): Promise<void> {
    assertUsable(password, email);
    const passwordHash = await this.passwords.hash(password);
    const account = { id: newId(), email, firstName: 'Platform', lastName: 'Operator', passwordHash };
    await this.customers.insertUnlessTaken(this.dataSource.manager, account);
  }
}

function assertUsable(password: string, email: string): void {
  try {
    assertStrongPassword(password, email);
  } catch (cause) {
    const { message, hint } = toErrorRecord(cause);
    throw AppError.terminal('config.admin_password', `ADMIN_PASSWORD cannot be used: ${message}`, {
      cause,
      ...(hint === undefined ? {} : { hint }),
    });
  }
}
