import { Answer } from '../connection/answer';
import { hasCode } from '../connection/engine-error';
import { INSTANCE_ID_LABEL } from '../labels';
import { EVENT_KINDS, type SwarmChange, type SwarmEvent } from './swarm-event';

const SERVICE_ID = 'com.docker.swarm.service.id';
const TASK_ID = 'com.docker.swarm.task.id';
const NODE_ID = 'com.docker.swarm.node.id';

export interface ReadEvent {
  readonly event: SwarmEvent;
  /** Seconds and nanoseconds right after it, as `since` takes them. */
  readonly after: string;
}

/** Reads one line of the engine's events; `undefined` for what this library does not watch or cannot read. */
export function readEvent(line: string): ReadEvent | undefined {
  try {
    const answer = new Answer(JSON.parse(line), 'event');
    const change = toChange(answer);
    return change === undefined ? undefined : { event: change, after: justAfter(line, change.time) };
  } catch (error) {
    // a watch outlives an event of a shape nobody knows; whoever watches looks for himself anyway
    if (error instanceof SyntaxError || hasCode(error, 'swarm.unexpected_answer')) return undefined;
    throw error;
  }
}

function toChange(answer: Answer): SwarmChange | undefined {
  const kind = EVENT_KINDS.find((one) => one === answer.textOr('Type', ''));
  if (kind === undefined) return undefined;
  // networks of a single node are none of the Swarm's
  if (kind === 'network' && answer.textOr('scope', '') !== 'swarm') return undefined;
  const actor = answer.at('Actor');
  const id = actor.text('ID');
  const attributes = actor.map('Attributes');
  const [action = '', detail] = answer.text('Action').split(/:\s*/);
  return {
    kind,
    action,
    detail,
    id,
    name: attributes['name'] ?? '',
    time: new Date(answer.number('timeNano') / 1_000_000),
    ...whose(kind, id, attributes),
    attributes,
  };
}

function whose(
  kind: SwarmChange['kind'],
  id: string,
  attributes: Readonly<Record<string, string>>,
): Pick<SwarmChange, 'serviceId' | 'taskId' | 'nodeId' | 'instanceId' | 'exitCode'> {
  const exitCode = attributes['exitCode'];
  return {
    serviceId: kind === 'service' ? id : attributes[SERVICE_ID],
    taskId: attributes[TASK_ID],
    nodeId: kind === 'node' ? id : attributes[NODE_ID],
    instanceId: attributes[INSTANCE_ID_LABEL],
    exitCode: exitCode === undefined ? undefined : Number(exitCode),
  };
}

/** Nanoseconds since 1970 are more digits than a number holds, so they are taken from the text. */
function justAfter(line: string, time: Date): string {
  const digits = /"timeNano":\s*(\d+)/.exec(line)?.[1];
  const next = (digits === undefined ? BigInt(time.getTime()) * 1_000_000n : BigInt(digits)) + 1n;
  return `${next / 1_000_000_000n}.${String(next % 1_000_000_000n).padStart(9, '0')}`;
}
