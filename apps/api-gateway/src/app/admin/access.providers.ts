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
import { CustomersService } from './customers.service';
import { RolesService } from './roles.service';

/** Roles, audit, quota and the operators' routes, as `AppModule` takes them in. */
export const accessControllers = [
  AdminAuditController,
  AdminCustomersController,
  AuditController,
  QuotaController,
];

export const accessProviders = [
  AuditService,
  CustomerQuotas,
  CustomersService,
  OperatorAccount,
  QuotaDefaults,
  RecordRefusals,
  Refusals,
  RolesService,
];
