import type { InstanceRoute } from '@saasodoo/instances/data-access';
import { type Clock, systemClock } from '@saasodoo/kernel';
import { LRUMap } from './lru-map';
import type { RouteSource } from './route-source';

interface Remembered {
  readonly route: InstanceRoute | undefined;
  /** Milliseconds since the epoch. */
  readonly freshUntil: number;
}

/** A running instance is asked for often, and stops rarely. */
const RUNNING_FOR_MS = 1_000;
/** What is not there may be there at once, and somebody waits for it. */
const OTHER_FOR_MS = 50;
/** After a failed lookup the last answer serves so long before the next try. */
const STALE_FOR_MS = 1_000;
/** A database that hangs is away; with an older answer at hand nobody waits for it longer than this. */
const PATIENCE_MS = 500;
const KNOWN_HOSTS = 20_000;
const UNKNOWN_HOSTS = 5_000;

/**
 * Keeps routes for about a second and asks once, however many wait. When the source fails, the last known route serves:
 * customers' instances do not depend on the control database.
 */
export class RouteCache implements RouteSource {
  /** Apart, so that a scan over invented names cannot push out those that exist. */
  private readonly known = new LRUMap<Remembered>(KNOWN_HOSTS);
  private readonly unknown = new LRUMap<Remembered>(UNKNOWN_HOSTS);
  private readonly lookups = new Map<string, Promise<InstanceRoute | undefined>>();

  constructor(
    private readonly source: RouteSource,
    /** Told of every lookup that failed, whether or not an earlier answer could serve. */
    private readonly onFailure: (error: unknown) => void,
    private readonly clock: Clock = systemClock,
  ) {}

  /** Throws what the source throws when there is no earlier answer. */
  async findRoute(databaseName: string): Promise<InstanceRoute | undefined> {
    const remembered = this.known.get(databaseName) ?? this.unknown.get(databaseName);
    if (remembered === undefined) return this.lookUpOrFail(databaseName);
    if (remembered.freshUntil > this.now()) return remembered.route;
    return this.lookUpOrKeep(databaseName, remembered);
  }

  private async lookUpOrFail(databaseName: string): Promise<InstanceRoute | undefined> {
    try {
      return await this.lookUp(databaseName);
    } catch (error) {
      this.onFailure(error);
      throw error;
    }
  }

  private async lookUpOrKeep(databaseName: string, last: Remembered): Promise<InstanceRoute | undefined> {
    const patience = new AbortController();
    const tired = this.clock.sleep(PATIENCE_MS, patience.signal).then(() => {
      throw new Error('the route source does not answer');
    });
    try {
      return await Promise.race([this.lookUp(databaseName), tired]);
    } catch (error) {
      this.onFailure(error);
      this.remember(databaseName, last.route, STALE_FOR_MS);
      return last.route;
    } finally {
      tired.catch(() => undefined);
      patience.abort();
    }
  }

  private lookUp(databaseName: string): Promise<InstanceRoute | undefined> {
    const underWay = this.lookups.get(databaseName);
    if (underWay !== undefined) return underWay;
    const lookup = this.ask(databaseName).finally(() => this.lookups.delete(databaseName));
    this.lookups.set(databaseName, lookup);
    return lookup;
  }

  private async ask(databaseName: string): Promise<InstanceRoute | undefined> {
    const route = await this.source.findRoute(databaseName);
    this.remember(databaseName, route, route?.status === 'running' ? RUNNING_FOR_MS : OTHER_FOR_MS);
    return route;
  }

  private remember(databaseName: string, route: InstanceRoute | undefined, forMs: number): void {
    const [home, other] = route === undefined ? [this.unknown, this.known] : [this.known, this.unknown];
    other.delete(databaseName);
    home.set(databaseName, { route, freshUntil: this.now() + forMs });
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}
