import { AppError } from '@saasodoo/kernel';
import type { Operation } from '@saasodoo/operations/domain';
import type { Entry, OperationJournal } from './operation-journal';
import type { OperationLease } from './operation-lease';

/** An operation as it is stored, and the only way to change it: under the lease, one change on top of the other. */
export class OperationRecord {
  private cancelledAt: Date | undefined;
  private writing: Promise<unknown> = Promise.resolve();

  constructor(
    private stored: Operation,
    private readonly lease: OperationLease,
    private readonly journal: OperationJournal,
  ) {}

  /** The operation, with a cancellation that was requested since it was stored. */
  get operation(): Operation {
    const cancelRequestedAt = this.stored.cancelRequestedAt ?? this.cancelledAt;
    return cancelRequestedAt === undefined ? this.stored : { ...this.stored, cancelRequestedAt };
  }

  cancel(at: Date): void {
    this.cancelledAt ??= at;
  }

  /**
   * Stores what `change` makes of the operation when its turn comes; `undefined` changes nothing.
   * Throws `operation.lease_lost`, which ends the lease.
   */
  async write(change: (operation: Operation) => Entry | undefined): Promise<void> {
    const turn = this.writing.then(async () => {
      if (this.lease.isLost) throw this.lease.signal.reason;
      const entry = change(this.operation);
      if (entry === undefined) return;
      try {
        this.stored = await this.journal.record(this.lease.claim, entry);
      } catch (error) {
        throw error instanceof AppError && error.code === 'operation.fenced_off' ? this.lease.lose() : error;
      }
    });
    this.writing = turn.catch(() => undefined); // whoever wanted the change is told
    return turn;
  }
}
