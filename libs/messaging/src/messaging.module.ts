import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Module,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { OnApplicationBootstrap } from '@nestjs/common';
import { contracts as allContracts } from '@saasodoo/contracts';
import { DataSource } from 'typeorm';
import { DeadLetters } from './dead-letters/dead-letters';
import { ParkedQueues } from './dead-letters/parked-queues';
import { EventTap } from './event-tap';
import { MessagingHealth } from './messaging-health';
import type { MessagingOptions } from './messaging-options';
import { MessagingRuntime } from './messaging-runtime';
import { Outbox } from './outbox/outbox';
import { OutboxRelay } from './outbox/outbox-relay';

/** Where the options come from, as in every `forRootAsync` of Nest. */
export interface MessagingModuleOptions extends Pick<
  FactoryProvider<MessagingOptions>,
  'inject' | 'useFactory'
> {
  readonly imports?: NonNullable<DynamicModule['imports']>;
}

/** Provides `Outbox`, `OutboxRelay`, `EventTap`, `MessagingHealth`, `DeadLetters` and `ParkedQueues`; needs PersistenceModule in the same app. */
@Module({})
export class MessagingModule implements OnApplicationBootstrap, OnApplicationShutdown {
  constructor(@Inject(MessagingRuntime) private readonly runtime: MessagingRuntime) {}

  static forRootAsync({ imports, inject, useFactory }: MessagingModuleOptions): DynamicModule {
    const part = <T>(
      provide: abstract new (...args: never[]) => T,
      pick: (runtime: MessagingRuntime) => T,
    ) => ({
      provide,
      inject: [MessagingRuntime],
      useFactory: pick,
    });
    return {
      module: MessagingModule,
      global: true,
      imports: imports ?? [],
      providers: [
        {
          provide: MessagingRuntime,
          inject: [DataSource, ...(inject ?? [])],
          useFactory: async (dataSource: DataSource, ...dependencies: unknown[]) => {
            const options = await useFactory(...dependencies);
            return MessagingRuntime.create(dataSource, { contracts: allContracts, ...options });
          },
        },
        part(Outbox, ({ outbox }) => outbox),
        part(OutboxRelay, ({ relay }) => relay),
        part(EventTap, ({ tap }) => tap),
        part(MessagingHealth, ({ health }) => health),
        part(DeadLetters, ({ deadLetters }) => deadLetters),
        part(ParkedQueues, ({ parkedQueues }) => parkedQueues),
      ],
      exports: [MessagingRuntime, Outbox, OutboxRelay, EventTap, MessagingHealth, DeadLetters, ParkedQueues],
    };
  }

  onApplicationBootstrap(): void {
    this.runtime.start();
  }

  /** Runs after the transports have drained. */
  async onApplicationShutdown(): Promise<void> {
    await this.runtime.close();
  }
}
