import type { InstanceRoute } from '@saasodoo/instances/data-access';
import { explainInstance } from '../pages/explain-instance';
import {
  type Explanation,
  GATEWAY_UNREACHABLE,
  HOST_UNKNOWN,
  INSTANCE_NOT_FOUND,
  INSTANCE_UNREACHABLE,
  ROUTE_UNAVAILABLE,
} from '../pages/explanation';
import { parseHost } from './parse-host';
import type { RouteSource } from './route-source';

/** Where a request goes on to, and what to say when nobody is there. */
export interface Upstream {
  readonly kind: 'gateway' | 'instance';
  /** `http://host:port`, without a path. */
  readonly url: string;
  readonly unreachable: Explanation;
}

export interface Explained {
  readonly kind: 'explained';
  readonly explanation: Explanation;
}

export type Destination = Upstream | Explained;

export interface RouterOptions {
  readonly baseDomain: string;
  readonly gatewayUrl: string;
}

/** Decides by the Host header alone. */
export class Router {
  private readonly gateway: Upstream;

  constructor(
    private readonly routes: RouteSource,
    private readonly options: RouterOptions,
  ) {
    this.gateway = { kind: 'gateway', url: options.gatewayUrl, unreachable: GATEWAY_UNREACHABLE };
  }

  /** Never rejects: a lookup that fails is a page too. */
  async destinationOf(hostHeader: string | undefined): Promise<Destination> {
    const asked = parseHost(hostHeader, this.options.baseDomain);
    switch (asked.kind) {
      case 'unknown':
        return explained(HOST_UNKNOWN);
      case 'gateway':
        return this.gateway;
      case 'instance':
        return this.instance(asked.databaseName);
    }
  }

  private async instance(databaseName: string): Promise<Destination> {
    try {
      return destinationOfRoute(await this.routes.findRoute(databaseName));
    } catch {
      // The route cache has told of it; the visitor gets the one thing that is true.
      return explained(ROUTE_UNAVAILABLE);
    }
  }
}

/** Long polling and websockets go the same way: without worker processes Odoo answers everything on its one port. */
function destinationOfRoute(route: InstanceRoute | undefined): Destination {
  if (route === undefined) return explained(INSTANCE_NOT_FOUND);
  const explanation = explainInstance(route);
  if (explanation !== undefined) return explained(explanation);
  if (route.internalUrl === null) return explained(INSTANCE_UNREACHABLE);
  return { kind: 'instance', url: route.internalUrl, unreachable: INSTANCE_UNREACHABLE };
}

function explained(explanation: Explanation): Explained {
  return { kind: 'explained', explanation };
}
