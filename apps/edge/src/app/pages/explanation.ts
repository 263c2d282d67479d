/** Why a request is not sent on, for a person and for a program. */
export interface Explanation {
  readonly status: 400 | 402 | 404 | 411 | 429 | 502 | 503;
  /** Stable and dotted, such as `instance.stopped`. */
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
  /** The page asks again by itself: it will soon have something better to show. */
  readonly refreshes?: true;
}

export const HOST_UNKNOWN: Explanation = {
  status: 404,
  code: 'host.unknown',
  title: 'Nothing lives at this address',
  detail: 'Check the address for a typing error.',
};

export const INSTANCE_NOT_FOUND: Explanation = {
  status: 404,
  code: 'instance.not_found',
  title: 'No such instance',
  detail:
    'There is no Odoo instance at this address. Check it for a typing error, or ask who gave it to you.',
};

export const ROUTE_UNAVAILABLE: Explanation = {
  status: 503,
  code: 'route.unavailable',
  title: 'Please try again in a moment',
  detail: 'The platform cannot look up this address right now. Nothing is wrong with your instance.',
  retryAfterSeconds: 2,
  refreshes: true,
};

export const INSTANCE_UNREACHABLE: Explanation = {
  status: 503,
  code: 'instance.unreachable',
  title: 'The instance does not answer yet',
  detail: 'It is meant to be running and is probably restarting. This page tries again by itself.',
  retryAfterSeconds: 2,
  refreshes: true,
};

export const GATEWAY_UNREACHABLE: Explanation = {
  status: 503,
  code: 'gateway.unreachable',
  title: 'The platform is restarting',
  detail: 'Try again in a moment. Instances are not affected.',
  retryAfterSeconds: 2,
  refreshes: true,
};

/** The connection broke after the request was sent, so it may have had its effect. */
export const ANSWER_LOST: Explanation = {
  status: 502,
  code: 'upstream.answer_lost',
  title: 'The answer was lost',
  detail:
    'The connection broke before an answer came. The request may have been carried out: look before you repeat it.',
};

export const REQUEST_MALFORMED: Explanation = {
  status: 400,
  code: 'request.malformed',
  title: 'The request cannot be read',
  detail: 'Its target must be a valid URL path, and it must name one host.',
};

export const TOO_MANY_REQUESTS: Explanation = {
  status: 429,
  code: 'client.too_many_requests',
  title: 'Too many requests at once',
  detail: 'Your address has as many requests under way as it may have. Try again when one has ended.',
  retryAfterSeconds: 1,
};

export const LENGTH_REQUIRED: Explanation = {
  status: 411,
  code: 'request.length_required',
  title: 'The length of the body is missing',
  detail: 'A DELETE or OPTIONS request with a body must say its length in a Content-Length header.',
};
