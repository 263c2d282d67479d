import { type SwarmTask } from '../tasks/swarm-task';

/** Why a task failed or cannot begin. `permanent` ones are the same at the next attempt, so nobody waits for it. */
export interface TaskFailure {
  readonly code: string;
  readonly permanent: boolean;
  readonly hint: string;
}

interface FailureRule extends TaskFailure {
  readonly says: RegExp;
}

/** First match wins. Docker says why in words only. */
const RULES: readonly FailureRule[] = [
  {
    says: /bind source path does not exist/i,
    code: 'swarm.bind_missing',
    permanent: true,
    hint: 'The directory must exist on the node before the service is created; is the storage mounted there?',
  },
  {
    says: /invalid mount config|invalid bind mount/i,
    code: 'swarm.start_failed',
    permanent: true,
    hint: 'Correct the mount the message names.',
  },
  {
    says: /No such image|pull access denied|manifest (for .* )?(unknown|not found)|repository does not exist|invalid reference format/i,
    code: 'swarm.image_unavailable',
    permanent: true,
    hint: 'Build or pull the image on the nodes, or correct its name.',
  },
  {
    says: /missing network attachments|no available IP|could not find an available IP/i,
    code: 'swarm.address_exhausted',
    permanent: false,
    hint: 'The overlay network is full: place new services on another one, or remove some.',
  },
  {
    says: /no suitable node/i,
    code: 'swarm.no_suitable_node',
    permanent: false,
    hint: 'Add a node, free reserved CPU or memory, or relax the placement constraints.',
  },
  {
    says: /Range of CPUs is from/i,
    code: 'swarm.cpu_range',
    permanent: true,
    hint: 'The CPU limit must not exceed the CPUs of the node.',
  },
  {
    says: /unhealthy container/i,
    code: 'swarm.unhealthy',
    permanent: false,
    hint: 'The container started, but its health check kept failing: its log says why.',
  },
  {
    says: /non-zero exit/i,
    code: 'swarm.exited',
    permanent: false,
    hint: "The container's last lines say why; exit code 137 is a kill, mostly for want of memory.",
  },
  {
    says: /executable file not found|exec format error|OCI runtime create failed/i,
    code: 'swarm.start_failed',
    permanent: true,
    hint: 'The container cannot start from this image with this command: correct what the message names.',
  },
];

const ENDED_BY_ITSELF: TaskFailure = {
  code: 'swarm.exited',
  permanent: false,
  hint: 'The container ended without an error, but a service is meant to keep running: look at its command.',
};

const UNKNOWN: TaskFailure = {
  code: 'swarm.start_failed',
  permanent: false,
  hint: "The message is Docker's own; the engine's log on that node may say more.",
};

/** Makes a code of Docker's words. */
export function classifyTask(task: Pick<SwarmTask, 'state' | 'error'>): TaskFailure {
  if (task.state === 'complete') return ENDED_BY_ITSELF;
  return RULES.find((rule) => rule.says.test(task.error)) ?? UNKNOWN;
}
