import { AppError } from '@saasodoo/kernel';
import { type ImageProfile } from './image-profile';
import { type Labels } from './service-spec';

export interface TraefikRoute {
  /** Host name the instance answers on. */
  readonly host: string;
  /** Traefik's entry point; all of them when absent. */
  readonly entryPoint?: string;
  readonly tls?: boolean;
  /** Such as `security@file`. */
  readonly middlewares?: readonly string[];
}

export interface TraefikLabelsOptions {
  /** Names the routers: the service's name is unique. */
  readonly id: string;
  readonly route: TraefikRoute;
  readonly networkName: string;
  readonly profile: ImageProfile;
  readonly workers: number;
}

const HOST = /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/;

/** Labels by which Traefik's Swarm provider finds the instance. Throws `odoo.host_malformed`. */
export function traefikLabels({ id, route, networkName, profile, workers }: TraefikLabelsOptions): Labels {
  if (!HOST.test(route.host)) {
    throw AppError.terminal('odoo.host_malformed', `'${route.host}' is not a host name`, {
      hint: 'Use lower case letters, digits, dots and hyphens.',
    });
  }
  const host = `Host(\`${route.host}\`)`;
  // without worker processes nothing listens on the websocket port: the one process serves both
  const websocketPort = workers > 0 ? profile.websocketPort : profile.httpPort;
  return {
    'traefik.enable': 'true',
    'traefik.swarm.network': networkName,
    ...router(id, host, profile.httpPort, route),
    ...router(`${id}-ws`, `${host} && PathPrefix(\`${profile.websocketPath}\`)`, websocketPort, route),
  };
}

/** The longer rule has the higher priority: the websocket's router goes before the other. */
function router(
  id: string,
  rule: string,
  port: number,
  { entryPoint, tls, middlewares }: TraefikRoute,
): Labels {
  const prefix = `traefik.http.routers.${id}`;
  return {
    [`${prefix}.rule`]: rule,
    [`${prefix}.service`]: id,
    ...(entryPoint === undefined ? {} : { [`${prefix}.entrypoints`]: entryPoint }),
    ...(tls === true ? { [`${prefix}.tls`]: 'true' } : {}),
    ...(middlewares === undefined ? {} : { [`${prefix}.middlewares`]: middlewares.join(',') }),
    [`traefik.http.services.${id}.loadbalancer.server.port`]: String(port),
  };
}
