import type { FastifyInstance, FastifyRequest } from 'fastify';

/** Of a route's config: what is sent there is as large as it is, and takes as long as it takes. */
export const RECEIVES_SLOWLY = { receivesSlowly: true } as const;

/** What still comes after an answer is read for so long, so that whoever sends it can read the answer. */
const LINGER_MS = 5_000;

/**
 * Gives every request `ms` to arrive whole, but for those of routes with `RECEIVES_SLOWLY`; its answer may take as long as it
 * likes. Node's own limit is one for a whole server.
 */
export function receiveWithin(server: FastifyInstance, ms: number, lingerMs = LINGER_MS): void {
  server.addHook('onRequest', (request, _reply, done) => {
    if (!receivesSlowly(request)) cutOffAfter(request, ms);
    done();
  });
  server.addHook('onResponse', (request, _reply, done) => {
    if (receivesSlowly(request)) {
      request.raw.resume();
      cutOffAfter(request, lingerMs);
    }
    done();
  });
}

function cutOffAfter({ raw }: FastifyRequest, ms: number): void {
  if (raw.destroyed) return;
  // One that nobody reads does not tell of its end.
  const timer = setTimeout(() => raw.complete || raw.destroy(), ms);
  raw.once('close', () => clearTimeout(timer));
}

function receivesSlowly({ routeOptions }: FastifyRequest): boolean {
  return 'receivesSlowly' in routeOptions.config && routeOptions.config.receivesSlowly === true;
}
