import { AppError } from '@saasodoo/kernel';
import type { StepContext } from '@saasodoo/operations/domain';

/** A text that an earlier step left. Throws `operation.output_missing`: the steps do not fit together. */
export function outputOf(outputs: StepContext['outputs'], step: string, key: string): string {
  const value = outputs[step]?.[key];
  if (typeof value === 'string') return value;
  throw AppError.terminal('operation.output_missing', `the step ${step} left no ${key}`);
}
