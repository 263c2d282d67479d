import { Inject, Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { InstanceObserved, OperationProgressed } from '@saasodoo/contracts';
import { InstanceRepository, ObservationRepository } from '@saasodoo/instances/data-access';
import type { ConditionChange } from '@saasodoo/instances/domain';
import { toErrorRecord } from '@saasodoo/kernel';
import { EventTap } from '@saasodoo/messaging';
import { OperationRepository } from '@saasodoo/operations/data-access';
import type { Operation } from '@saasodoo/operations/domain';
import type { FastifyInstance } from 'fastify';
import { Waiters } from './waiters';

/** Something that happened to an instance of a customer. */
export type CustomerNews =
  | { readonly kind: 'position'; readonly sequence: number }
  | { readonly kind: 'health'; readonly change: ConditionChange }
  | { readonly kind: 'operation'; readonly operation: Operation };

const CHANGES_AT_ONCE = 200;
/** Operations that change at one time: those of a customer run one an instance. */
const NEWEST_OPERATIONS = 50;
const KNOWN_OWNERS = 10_000;

/** Tells a customer what happens to their instances. News wake; what is told is read from PostgreSQL, so nothing is missed. */
@Injectable()
export class CustomerWatch implements OnModuleInit {
  private readonly logger = new Logger(CustomerWatch.name);
  private readonly waiters = new Waiters();
  private readonly owners = new Map<string, string>();
  private readonly stopping = new AbortController();

  constructor(
    @Inject(ObservationRepository) private readonly observations: ObservationRepository,
    @Inject(OperationRepository) private readonly operations: OperationRepository,
    @Inject(InstanceRepository) private readonly instances: InstanceRepository,
    @Inject(EventTap) private readonly tap: EventTap,
    @Inject(HttpAdapterHost) private readonly http: HttpAdapterHost,
  ) {}

  onModuleInit(): void {
    this.tap.on(InstanceObserved, ({ payload }) => void this.wakeOwnerOf(payload.instance_id));
    this.tap.on(OperationProgressed, ({ payload }) => void this.wakeOwnerOf(payload.instance_id));
    this.tap.onGap(() => this.waiters.wakeAll());
    // Who watches is let go before the server stops, which waits for its connections.
    const server = this.http.httpAdapter.getInstance<FastifyInstance>();
    server.addHook('preClose', (done) => {
      this.stopping.abort();
      done();
    });
  }

  /**
   * Changes of health after `afterSequence` (from now on when absent), and operations that change from now on. Ends when
   * `signal` aborts or the app stops.
   */
  async *news(
    customerId: string,
    afterSequence: number | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<CustomerNews> {
    const ended = AbortSignal.any([signal, this.stopping.signal]);
    let sequence = afterSequence ?? (await this.observations.lastSequence());
    const known = new Map((await this.newest(customerId)).map(({ id, sequence: seen }) => [id, seen]));
    yield { kind: 'position', sequence };
    while (!ended.aborted) {
      // Registered before looking, so that news between the look and the wait are not lost.
      const news = this.waiters.next(customerId, ended);
      const changes = await this.observations.changesAfter(customerId, sequence, CHANGES_AT_ONCE);
      for (const change of changes) {
        yield { kind: 'health', change };
        sequence = change.sequence;
      }
      for (const operation of await this.newest(customerId)) {
        if (operation.sequence > (known.get(operation.id) ?? -1)) yield { kind: 'operation', operation };
        known.set(operation.id, operation.sequence);
      }
      if (changes.length < CHANGES_AT_ONCE) await news;
    }
  }

  /** Oldest first. */
  private async newest(customerId: string): Promise<Operation[]> {
    const filter = { customerId, page: 1, pageSize: NEWEST_OPERATIONS };
    return (await this.operations.list(filter)).operations.reverse();
  }

  /** Nobody is kept from news by this: those who wait look by themselves now and then. */
  private async wakeOwnerOf(instanceId: string): Promise<void> {
    if (this.waiters.isEmpty) return;
    try {
      const owner = this.owners.get(instanceId) ?? (await this.instances.find(instanceId))?.customerId;
      if (owner === undefined) return;
      if (this.owners.size >= KNOWN_OWNERS) this.owners.clear();
      this.owners.set(instanceId, owner);
      this.waiters.wake(owner);
    } catch (error) {
      this.logger.warn(`nobody was woken for ${instanceId}: ${toErrorRecord(error).message}`);
    }
  }
}
