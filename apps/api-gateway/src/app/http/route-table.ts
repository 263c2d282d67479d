import type { FastifyInstance } from 'fastify';

interface Route {
  readonly method: string;
  readonly pattern: RegExp;
}

/** Remembers which methods a path has, so that a wrong method is told from an unknown path. */
export class RouteTable {
  private readonly routes: Route[] = [];

  /** Must be called before the routes are registered. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ method, url }) => {
      for (const one of [method].flat()) this.routes.push({ method: one, pattern: patternOf(url) });
    });
  }

  /** Methods of `path`, sorted; empty when there is no such path. */
  methodsOf(path: string): readonly string[] {
    const methods = this.routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method);
    return [...new Set(methods)].sort();
  }
}

/** `/instances/:id` → a pattern in which a parameter is one segment. Wildcards (static files) name no methods. */
function patternOf(url: string): RegExp {
  const segments = url.split('/').map((segment) => {
    return segment.startsWith(':') ? '[^/]+' : segment.replace(/[^\w-]/g, '\\$&');
  });
  return new RegExp(`^${segments.join('/')}$`);
}
