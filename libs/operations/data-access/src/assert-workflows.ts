import { AppError } from '@saasodoo/kernel';
import { stepListOf, type Workflow } from '@saasodoo/operations/domain';
import type { EntityManager } from 'typeorm';

/** Throws `workflow.duplicate` or `workflow.steps_mismatch`: steps must be those that operations list when they open. */
export function assertWorkflows(workflows: readonly Workflow<EntityManager>[]): void {
  const kinds = new Set<string>();
  for (const { kind, steps } of workflows) {
    if (kinds.has(kind)) throw AppError.terminal('workflow.duplicate', `two workflows carry out ${kind}`);
    kinds.add(kind);
    const has = steps.map(({ name }) => name);
    const listed = stepListOf(kind);
    if (has.length === listed.length && has.every((name, index) => name === listed[index])) continue;
    throw AppError.terminal(
      'workflow.steps_mismatch',
      `the workflow of ${kind} does not have the steps listed for it`,
      {
        hint: 'Make the workflow and libs/operations/domain/src/operation-kind.ts agree.',
        facts: { listed, has },
      },
    );
  }
}
