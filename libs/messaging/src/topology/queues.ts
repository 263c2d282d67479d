import type { ContractRegistry } from '@saasodoo/contracts';

/** Where a command that no queue took is kept. */
export const UNROUTABLE_QUEUE = 'unroutable';

/** Where the messages of `queue` go that the broker gave up on. */
export function parkedQueue(queue: string): string {
  return `${queue}.parked`;
}

/** Where the events wait that `app` must not miss. */
export function eventQueue(app: string): string {
  return `${app}.events`;
}

/** The queues `app` consumes. */
export function queuesOf(app: string, contracts: ContractRegistry): string[] {
  const commands = contracts.ownedBy(app).map(({ queue }) => queue);
  return contracts.subscribedBy(app).length === 0 ? commands : [...commands, eventQueue(app)];
}

/** Every queue in which messages wait for a human, with the app that they were meant for. */
export function parkedQueues(contracts: ContractRegistry): readonly ParkedQueueName[] {
  const apps = new Set(contracts.all.flatMap(({ consumers }) => consumers));
  const parked = [...apps].flatMap((app) =>
    queuesOf(app, contracts).map((queue) => ({ name: parkedQueue(queue), app })),
  );
  return [...parked, { name: UNROUTABLE_QUEUE, app: undefined }];
}

export interface ParkedQueueName {
  readonly name: string;
  readonly app: string | undefined;
}
