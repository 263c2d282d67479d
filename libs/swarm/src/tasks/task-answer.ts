import { type Answer } from '../connection/answer';
import { toAmounts } from '../services/service-answer';
import { type SwarmTask, TASK_STATES, type TaskState } from './swarm-task';

const ENDED: readonly TaskState[] = ['complete', 'shutdown', 'failed', 'rejected'];

export function toTask(answer: Answer): SwarmTask {
  const spec = answer.at('Spec');
  const status = answer.at('Status');
  const container = status.at('ContainerStatus');
  const state = taskState(status, 'State');
  return {
    id: answer.text('ID'),
    serviceId: answer.textOr('ServiceID', ''),
    nodeId: answer.textOr('NodeID', undefined),
    desiredState: taskState(answer, 'DesiredState'),
    state,
    revision: spec.numberOr('ForceUpdate', 0),
    error: status.textOr('Err', ''),
    // a running container has an exit code of 0, which means nothing
    exitCode: ENDED.includes(state) ? container.numberOr('ExitCode', undefined) : undefined,
    containerId: container.textOr('ContainerID', undefined),
    createdAt: answer.date('CreatedAt'),
    stateSince: status.date('Timestamp'),
    addresses: addresses(answer),
    reservations: toAmounts(spec.at('Resources').at('Reservations')),
  };
}

function taskState(answer: Answer, key: string): TaskState {
  const text = answer.text(key);
  return TASK_STATES.find((state) => state === text) ?? answer.unexpected(key, `a task state, but '${text}'`);
}

function addresses(answer: Answer): Record<string, string[]> {
  const attachments = answer.list('NetworksAttachments');
  return Object.fromEntries(attachments.map((one) => [one.at('Network').text('ID'), one.texts('Addresses')]));
}
