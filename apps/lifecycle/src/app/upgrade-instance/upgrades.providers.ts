import type { Provider, Type } from '@nestjs/common';
import type { Workflow } from '@saasodoo/operations/domain';
import { OdooJobs, type TenantContext } from '@saasodoo/tenants';
import type { EntityManager } from 'typeorm';
import { DataCopies } from './data-copies';
import { ModuleStates } from './module-states';
import { UpgradeInstanceHandler } from './upgrade-instance.handler';
import { UpgradeInstanceWorkflow } from './upgrade-instance.workflow';

export const upgradeWorkflowClasses: readonly Type<Workflow<EntityManager, TenantContext>>[] = [
  UpgradeInstanceWorkflow,
];

export const upgradeControllers: readonly Type[] = [UpgradeInstanceHandler];

/** What the steps and the workflow of an upgrade are made of. */
export const upgradeProviders: readonly Provider[] = [DataCopies, ModuleStates, OdooJobs];
