import type { Site } from './site';
import { Worker, type WorkerApp } from './worker';

/** Workers of one app that come one after the other, each killed at the point it was given. */
export class DoomedWorkers {
  constructor(
    private readonly site: Site,
    private readonly app: WorkerApp,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** The next one goes on where the last one died. */
  async dieAt(point: string): Promise<void> {
    const { site, app, environment } = this;
    const doomed = await Worker.start(site, app, { crashAt: point, environment });
    try {
      const exitCode = await doomed.ended(180_000).catch(async (cause: unknown) => {
        throw new Error(`no worker passed ${point}\n${await doomed.log()}`, { cause });
      });
      expect([point, exitCode]).toEqual([point, 137]);
    } finally {
      await doomed.remove();
    }
  }

  /** With one that nobody kills. */
  async unharmed<T>(work: () => Promise<T>): Promise<T> {
    const worker = await Worker.start(this.site, this.app, { environment: this.environment });
    try {
      return await work();
    } finally {
      await worker.remove();
    }
  }
}
