import type { Finding } from './diagnosis';
import type { DiagnosisFacts } from './diagnosis-facts';
import type { Rule } from './rule';

/** What explains everything else: it is not meant to run, or was never made. */
export const intentRules: readonly Rule[] = [terminated, neverMade, inTheMaking, suspended, stopped];

function terminated({ instance }: DiagnosisFacts): Finding | undefined {
  if (instance.desiredState !== 'terminated') return undefined;
  return {
    code: 'instance.terminated',
    summary:
      instance.status === 'terminated' ? 'The instance was removed.' : 'The instance is being removed.',
    action: { text: 'Ask for a new instance.' },
  };
}

function neverMade({ instance }: DiagnosisFacts): Finding | undefined {
  if (instance.status !== 'error' || instance.databaseServer !== undefined) return undefined;
  const { message = 'no reason was kept', hint } = instance.error ?? {};
  return {
    code: 'instance.creation_failed',
    summary: `The creation of the instance failed: ${message}.`,
    action: { text: hint ?? 'Mend what the message names, delete the instance and ask for a new one.' },
  };
}

function inTheMaking({ operation }: DiagnosisFacts): Finding | undefined {
  return operation?.kind === 'create' || operation?.kind === 'terminate'
    ? underway({ operation })
    : undefined;
}

function suspended({ instance }: DiagnosisFacts): Finding | undefined {
  if (instance.desiredState !== 'suspended') return undefined;
  return {
    code: 'instance.suspended',
    summary: `The instance is suspended for billing (${instance.billingStatus.replaceAll('_', ' ')}).`,
    action: { text: 'It comes back when its bill is paid, or when an operator resumes it.' },
  };
}

function stopped({ instance, operation }: DiagnosisFacts): Finding | undefined {
  if (instance.desiredState !== 'stopped' || operation !== undefined) return undefined;
  return {
    code: 'instance.stopped',
    summary: 'The instance was stopped by its customer.',
    action: { text: 'Start it.' },
  };
}

/** What is seen of an instance that is being changed is no fault of it. */
export function underway({ operation }: Pick<DiagnosisFacts, 'operation'>): Finding | undefined {
  if (operation === undefined) return undefined;
  const { kind, status, step, progress, error } = operation;
  const where = step === undefined ? '' : ` at the step ${step}`;
  const what = error ?? progress;
  return {
    code: error === undefined ? 'operation.underway' : 'operation.retrying',
    summary: `A ${kind} is ${status}${where}${what === undefined ? '' : `: ${what}`}.`,
    action: {
      text: `Wait for the operation ${operation.id} to end; it is tried again by itself when a step fails.`,
    },
  };
}
