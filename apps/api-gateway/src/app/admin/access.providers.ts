import type { Provider } from '@nestjs/common';
import { InstanceSearchRepository } from '@saasodoo/instances/data-access';
import { DataSource } from 'typeorm';
import { AuditController } from '../audit/audit.controller';
import { AuditService } from '../audit/audit.service';
import { RecordRefusals } from '../audit/record-refusals.interceptor';
import { Refusals } from '../audit/refusals';
import { OperatorAccount } from '../auth/operator-account.service';
import { CustomerQuotas } from '../quota/customer-quotas.service';
import { QuotaDefaults } from '../quota/quota-defaults.service';
import { QuotaController } from '../quota/quota.controller';
import { AdminAuditController } from './admin-audit.controller';
import { AdminCustomersController } from './admin-customers.controller';
import { AdminInstancesController } from './admin-instances.controller';
import { AdminInstancesService } from './admin-instances.service';
import { AdminOperationsController } from './admin-operations.controller';
import { AdminOperationsService } from './admin-operations.service';
import { CustomersService } from './customers.service';
import { DeadLettersController } from './dead-letters.controller';
import { DeadLettersService } from './dead-letters.service';
import { JanitorClient } from './janitor-client';
import { JanitorRuns } from './janitor-runs.service';
import { JanitorController } from './janitor.controller';
import { RolesService } from './roles.service';
import { StatsController } from './stats.controller';
import { StatsService } from './stats.service';
import { TombstonesService } from './tombstones.service';

/** Roles, audit, quota and the operators' routes, as `AppModule` takes them in. */
export const accessControllers = [
  AdminAuditController,
  AdminCustomersController,
  AdminInstancesController,
  AdminOperationsController,
  AuditController,
  DeadLettersController,
  JanitorController,
  QuotaController,
  StatsController,
];

export const accessProviders: Provider[] = [
  {
    provide: InstanceSearchRepository,
    inject: [DataSource],
    useFactory: (dataSource: DataSource) => new InstanceSearchRepository(dataSource),
  },
  AdminInstancesService,
  AdminOperationsService,
  AuditService,
  CustomerQuotas,
  CustomersService,
  DeadLettersService,
  JanitorClient,
  JanitorRuns,
  OperatorAccount,
  QuotaDefaults,
  RecordRefusals,
  Refusals,
  RolesService,
  StatsService,
  TombstonesService,
];
