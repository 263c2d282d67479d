import { type ContractRegistry, contracts as allContracts } from '@saasodoo/contracts';
import { AppError } from '@saasodoo/kernel';

/** Names of the handler methods by message type. */
export type HandlersByType = ReadonlyMap<string, readonly string[]>;

/**
 * Refuses to start an app that would lose or double messages: every command it owns has exactly one handler, every
 * event it subscribes to at least one, and nothing else has any. Throws `messaging.handlers_incomplete`.
 */
export function assertHandlersComplete(
  app: string,
  handlers: HandlersByType,
  contracts: ContractRegistry = allContracts,
): void {
  const faults = [
    ...contracts.ownedBy(app).flatMap(({ type }) => commandFault(app, type, handlers.get(type) ?? [])),
    ...contracts.subscribedBy(app).flatMap(({ type }) => eventFault(app, type, handlers.get(type) ?? [])),
    ...[...handlers].flatMap(([type, names]) => strangerFault(app, type, names, contracts)),
  ];
  if (faults.length === 0) return;
  throw AppError.terminal('messaging.handlers_incomplete', faults.join(' '), { facts: { app, faults } });
}

function commandFault(app: string, type: string, names: readonly string[]): string[] {
  if (names.length === 1) return [];
  if (names.length === 0) {
    return [
      `The command ${type} is owned by ${app}, but nothing handles it: decorate one method of a controller in ` +
        `apps/${app} with @HandleCommand for this contract and list the controller in its module.`,
    ];
  }
  return [`The command ${type} has ${names.length} handlers, ${names.join(' and ')}: keep one of them.`];
}

function eventFault(app: string, type: string, names: readonly string[]): string[] {
  if (names.length > 0) return [];
  return [
    `${app} subscribes to the event ${type}, but nothing handles it: decorate a method of a controller in apps/${app} ` +
      `with @HandleEvent for this contract, or take '${app}' out of the contract's subscribers.`,
  ];
}

function strangerFault(
  app: string,
  type: string,
  names: readonly string[],
  contracts: ContractRegistry,
): string[] {
  const contract = contracts.find(type);
  if (contract?.consumers.includes(app) === true) return [];
  const handler = names.join(' and ');
  if (contract === undefined) {
    return [
      `${handler} handles ${type}, which is no known contract: add it to libs/contracts/src/contracts.ts.`,
    ];
  }
  if (contract.kind === 'command') {
    return [`${handler} handles the command ${type}, which ${contract.owner} owns: move the handler there.`];
  }
  return [
    `${handler} handles the event ${type}, which ${app} does not subscribe to: add '${app}' to the contract's ` +
      `subscribers (and run npm run contracts:lock), or use EventTap for news that may be missed.`,
  ];
}
