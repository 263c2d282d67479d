import type { Type } from '@nestjs/common';
import type { Step } from '@saasodoo/operations/domain';
import type { TenantContext } from '@saasodoo/tenants';
import { CheckUpgradeStep } from './steps/check-upgrade.step';
import { PullImageStep } from './steps/pull-image.step';
import { SetImageStep } from './steps/set-image.step';
import { UpgradeDataStep } from './steps/upgrade-data.step';

export const upgradeStepClasses: readonly Type<Step<TenantContext>>[] = [
  CheckUpgradeStep,
  PullImageStep,
  SetImageStep,
  UpgradeDataStep,
];
