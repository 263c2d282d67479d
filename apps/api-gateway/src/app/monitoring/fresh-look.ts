import { Inject, Injectable } from '@nestjs/common';
import { ObservationRepository } from '@saasodoo/instances/data-access';
import { until } from '@saasodoo/kernel';
import { unreachable } from './monitor-client';

const WITHIN_MS = 5_000;
const LOOK_EVERY_MS = 25;
/** The first that ends may have begun before it was asked for. */
const PASSES = 2;

/** Makes the monitor look at everything now. They find each other through PostgreSQL, whichever process observes. */
@Injectable()
export class FreshLook {
  constructor(@Inject(ObservationRepository) private readonly observations: ObservationRepository) {}

  /** Resolves once a look is stored that began after the call. Throws `monitor.unreachable`. */
  async take(): Promise<void> {
    for (let pass = 0; pass < PASSES; pass += 1) await this.next();
  }

  private async next(): Promise<void> {
    const before = (await this.observations.lastPass())?.getTime();
    await this.observations.requestPass();
    await until(
      async () => ((await this.observations.lastPass())?.getTime() === before ? undefined : true),
      () => unreachable(),
      { withinMs: WITHIN_MS, everyMs: LOOK_EVERY_MS },
    );
  }
}
