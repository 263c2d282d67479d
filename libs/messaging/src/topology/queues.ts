import type { ContractRegistry } from '@saasodoo/contracts';

/** Where the events wait that `app` must not miss. */
export function eventQueue(app: string): string {
  return `${app}.events`;
}

/** The queues `app` consumes. */
export function queuesOf(app: string, contracts: ContractRegistry): string[] {
  const commands = contracts.ownedBy(app).map(({ queue }) => queue);
  return contracts.subscribedBy(app).length === 0 ? commands : [...commands, eventQueue(app)];
}
