import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Of a route's config: what is sent there is as large as it is, and takes as long as it takes. */
export const RECEIVES_SLOWLY = { receivesSlowly: true } as const;

/**
 * Gives every request `ms` to arrive whole, but for those of routes with `RECEIVES_SLOWLY`; its answer may take as long as it
 * likes. Node's own limit is one for a whole server.
 */
export function receiveWithin(server: FastifyInstance, ms: number): void {
  server.addHook('onRequest', (request, _reply, done) => {
    const { raw } = request;
    if (!receivesSlowly(request)) {
      // One that nobody reads does not tell of its end.
      const timer = setTimeout(() => raw.complete || raw.destroy(), ms);
      raw.once('close', () => clearTimeout(timer));
    }
    done();
  });
}

function receivesSlowly({ routeOptions }: FastifyRequest): boolean {
  return 'receivesSlowly' in routeOptions.config && routeOptions.config.receivesSlowly === true;
}
