import type { InstanceRoute } from '@saasodoo/instances/data-access';

/** Where routes are looked up; PostgreSQL's `InstanceRepository` in the running app. */
export interface RouteSource {
  /** `undefined` when no instance claims the name. */
  findRoute(databaseName: string): Promise<InstanceRoute | undefined>;
}
