import type { Step, StepContext, StepResult } from '@saasodoo/operations/domain';

/** Looks first, acts when needed. `attempts` counts this one. */
export async function accomplish(step: Step, context: StepContext, attempts: number): Promise<StepResult> {
  const found = (await step.isDone?.(context)) ?? false;
  if (found !== false) {
    // After an interruption, what is found is the work of an earlier attempt.
    return { status: attempts === 1 ? 'skipped' : 'done', ...(found === true ? {} : { output: found }) };
  }
  const output = await step.run(context);
  return { status: 'done', ...(output === undefined ? {} : { output }) };
}
