import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { OperationProgressed } from '@saasodoo/contracts';
import { EventTap } from '@saasodoo/messaging';
import { OperationRepository } from '@saasodoo/operations/data-access';
import { isTerminal, type Operation } from '@saasodoo/operations/domain';

/** News may be missed; PostgreSQL is asked this often all the same. */
const LOOK_EVERY_MS = 1_000;

/** Tells those who wait for an operation when it has changed. News wake them; what they see is read from PostgreSQL. */
@Injectable()
export class OperationWatch implements OnModuleInit {
  private readonly waiting = new Map<string, Set<() => void>>();
  private readonly stopping = new AbortController();

  constructor(
    @Inject(OperationRepository) private readonly operations: OperationRepository,
    @Inject(EventTap) private readonly tap: EventTap,
  ) {}

  onModuleInit(): void {
    this.tap.on(OperationProgressed, ({ payload }) => this.wake(payload.operation_id));
    this.tap.onGap(() => [...this.waiting.keys()].forEach((id) => this.wake(id)));
  }

  /**
   * Every state of the operation that is newer than `afterSequence`, as far as it is seen, up to the one that ends it.
   * Ends early when `signal` aborts or the app stops.
   */
  async *changes(id: string, afterSequence: number, signal: AbortSignal): AsyncGenerator<Operation> {
    const ended = AbortSignal.any([signal, this.stopping.signal]);
    for (let seen = afterSequence; !ended.aborted;) {
      // Registered before looking, so that news between the look and the wait are not lost.
      const news = this.next(id, ended);
      const operation = await this.operations.find(id);
      if (operation === undefined) return;
      if (operation.sequence > seen) yield operation;
      if (isTerminal(operation)) return;
      seen = Math.max(seen, operation.sequence);
      await news;
    }
  }

  /** The operation once it has ended, or as it is when `signal` aborts. */
  async settled(operation: Operation, signal: AbortSignal): Promise<Operation> {
    let latest = operation;
    if (isTerminal(latest)) return latest;
    for await (const changed of this.changes(operation.id, operation.sequence, signal)) latest = changed;
    return latest;
  }

  /** Lets go of everybody who waits, so that the app can stop. */
  stop(): void {
    this.stopping.abort();
  }

  private wake(id: string): void {
    this.waiting.get(id)?.forEach((wake) => wake());
  }

  private next(id: string, ended: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const waiting = this.waiting.get(id) ?? new Set();
      const wake = (): void => {
        clearTimeout(timer);
        ended.removeEventListener('abort', wake);
        waiting.delete(wake);
        if (waiting.size === 0 && this.waiting.get(id) === waiting) this.waiting.delete(id);
        resolve();
      };
      const timer = setTimeout(wake, LOOK_EVERY_MS);
      ended.addEventListener('abort', wake, { once: true });
      this.waiting.set(id, waiting.add(wake));
    });
  }
}
