import type { FastifyReply } from 'fastify';

/** An answer before it is sent: it may be stored and given again. */
export interface Answer<Body> {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body;
}

/** Sends an answer through a reply that Nest passes through, and hands the body to Nest. */
export function give<Body>({ status, headers, body }: Answer<Body>, reply: FastifyReply): Body {
  void reply.status(status).headers(headers);
  return body;
}
