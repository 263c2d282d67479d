import { InstanceRepository } from '@saasodoo/instances/data-access';
import type { AppError } from '@saasodoo/kernel';
import { type Step, type StepContext, stepListOf, type Workflow } from '@saasodoo/operations/domain';
import type { DataSource, EntityManager } from 'typeorm';

/** What befalls a step before it has its effect. */
export type Interference = (step: string, context: StepContext) => Promise<void>;

/** The steps of `create` with nothing to undo. */
const WITHOUT_UNDO = new Set(['prepare-template', 'await-task', 'await-http']);

/** Which effect of `create` a step of `terminate` removes. */
const REMOVES: Readonly<Record<string, string>> = {
  'remove-service': 'create-service',
  'remove-secret': 'create-secret',
  'remove-database': 'create-database',
  'remove-directory': 'create-directory',
};

/** The real kinds with steps whose effects are rows: `toy_effect` is the world, `toy_log` what was done to it. */
export function toyWorkflows(
  dataSource: DataSource,
  interfere: Interference = async () => {},
): Workflow<EntityManager>[] {
  const instances = new InstanceRepository(dataSource);
  const contextFor = async (context: StepContext) => context;
  return [
    {
      kind: 'create',
      steps: stepListOf('create').map((name) => makingStep(dataSource, name, interfere)),
      contextFor,
      begin: (em, { instanceId }) =>
        instances.transition(em, instanceId, { from: ['creating'], to: 'starting' }),
      succeed: (em, { instanceId }) =>
        instances.transition(em, instanceId, { from: ['starting'], to: 'running' }),
      fail: async (em, { instanceId }, error) => {
        await instances.transition(em, instanceId, { from: 'any allowed', to: 'error', set: { error } });
        await instances.releaseName(em, instanceId);
      },
    },
    {
      kind: 'terminate',
      steps: stepListOf('terminate').map((name) => removingStep(dataSource, name, interfere)),
      contextFor,
      begin: (em, { instanceId }) =>
        instances.transition(em, instanceId, { from: 'any allowed', to: 'terminating' }),
      succeed: (em, { instanceId }) =>
        instances.transition(em, instanceId, { from: ['terminating'], to: 'terminated' }),
    },
  ];
}

/** Fails at one step of one kind, so often; for ever when not said. */
export function failing(at: string, error: AppError, times = Infinity): Interference {
  let left = times;
  return async (step) => {
    if (step !== at || left <= 0) return;
    left -= 1;
    throw error;
  };
}

function makingStep(dataSource: DataSource, name: string, interfere: Interference): Step {
  const exists = async ({ operation }: StepContext) => {
    const rows = await dataSource.query<unknown[]>(
      'SELECT 1 FROM toy_effect WHERE instance_id = $1 AND step = $2',
      [operation.instanceId, name],
    );
    return rows.length > 0;
  };
  const step: Step = {
    name,
    isDone: async (context) => ((await exists(context)) ? { made: name } : false),
    run: async (context) => {
      await interfere(name, context);
      await change(dataSource, context, { step: name, action: 'made' });
      return { made: name };
    },
  };
  if (WITHOUT_UNDO.has(name)) return step;
  return { ...step, undo: (context) => change(dataSource, context, { step: name, action: 'undone' }) };
}

function removingStep(dataSource: DataSource, name: string, interfere: Interference): Step {
  return {
    name,
    run: async (context) => {
      await interfere(name, context);
      await change(dataSource, context, { step: REMOVES[name] ?? name, action: 'removed' });
    },
  };
}

interface Change {
  readonly step: string;
  readonly action: 'made' | 'undone' | 'removed';
}

/** The effect and its entry in the log, in one transaction; an effect that is there already is not made again. */
async function change(
  dataSource: DataSource,
  { operation, fence }: StepContext,
  { step, action }: Change,
): Promise<void> {
  await dataSource.transaction(async (em) => {
    await em.query(
      action === 'made'
        ? 'INSERT INTO toy_effect (instance_id, step) VALUES ($1, $2)'
        : 'DELETE FROM toy_effect WHERE instance_id = $1 AND step = $2',
      [operation.instanceId, step],
    );
    await em.query('INSERT INTO toy_log (operation_id, step, action, fence) VALUES ($1, $2, $3, $4)', [
      operation.id,
      step,
      action,
      fence,
    ]);
  });
}
