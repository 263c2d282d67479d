import { AppError } from '@saasodoo/kernel';
import type { CommandContract, EventContract, MessageContract } from './message-contract';

/** A set of contracts with unique types; the whole of it is what the broker's topology is made from. */
export class ContractRegistry {
  private readonly byType = new Map<string, MessageContract>();

  /** Throws `contract.duplicate` when two contracts share a type. */
  constructor(contracts: readonly MessageContract[]) {
    for (const contract of contracts) {
      if (this.byType.has(contract.type)) {
        throw AppError.terminal('contract.duplicate', `two contracts are called ${contract.type}`, {
          hint: 'Give the newer one another name, or the next version.',
        });
      }
      this.byType.set(contract.type, contract);
    }
  }

  get all(): readonly MessageContract[] {
    return [...this.byType.values()];
  }

  find(type: string): MessageContract | undefined {
    return this.byType.get(type);
  }

  /** Commands that `app` must handle. */
  ownedBy(app: string): readonly CommandContract[] {
    return this.all.filter((contract) => contract.kind === 'command').filter(({ owner }) => owner === app);
  }

  /** Events that `app` must never miss. */
  subscribedBy(app: string): readonly EventContract[] {
    return this.all
      .filter((contract) => contract.kind === 'event')
      .filter(({ subscribers }) => subscribers.includes(app));
  }
}
