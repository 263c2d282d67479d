import type { Finding } from './diagnosis';
import type { DiagnosisFacts } from './diagnosis-facts';
import type { Rule } from './rule';
import { runningTask } from './task-facts';

/** What is left when the task runs: whether Odoo answers, and whether anybody finds it. */
export const answerRules: readonly Rule[] = [noTask, notAnswering, notRouted, failed];

function noTask(facts: DiagnosisFacts): Finding | undefined {
  if (runningTask(facts) !== undefined) return undefined;
  const [newest] = facts.tasks;
  return {
    code: 'task.missing',
    summary: newest === undefined ? 'The service has no task.' : `The newest task is ${newest.state}.`,
    action: { text: 'Wait a few seconds and ask again: Swarm makes a new task.' },
  };
}

function notAnswering(facts: DiagnosisFacts): Finding | undefined {
  const { http, checkedAt, startMs } = facts;
  const task = runningTask(facts);
  if (task === undefined || !http.asked || (http.status !== undefined && http.status < 500)) return undefined;
  const seconds = Math.round((checkedAt.getTime() - task.stateSince.getTime()) / 1000);
  const said = http.status === undefined ? 'nobody answers' : `the answer is ${http.status}`;
  if (!http.answeredBefore && seconds * 1000 < startMs) {
    return {
      code: 'odoo.starting',
      summary: `Odoo is starting: its process has run for ${seconds} s and does not answer yet.`,
      action: { text: 'Wait a few seconds and ask again.' },
    };
  }
  return {
    code: 'odoo.not_answering',
    summary: `Odoo hangs: its process has run for ${seconds} s, but over HTTP ${said}.`,
    action: { text: 'Restart the instance; more memory or CPUs help when it is only too slow.' },
  };
}

function notRouted({ instance }: DiagnosisFacts): Finding | undefined {
  if (instance.internalUrl !== undefined) return undefined;
  return {
    code: 'edge.not_routed',
    summary: 'Odoo runs, but the edge has no route to it.',
    action: { text: 'Redeploy the instance: that stores the route anew.' },
  };
}

function failed({ instance }: DiagnosisFacts): Finding | undefined {
  if (instance.status !== 'error') return undefined;
  return {
    code: 'instance.failed',
    summary: `The last operation failed: ${instance.error?.message ?? 'no reason was kept'}.`,
    action: { text: instance.error?.hint ?? 'Mend what the message names, then start the instance.' },
  };
}
