import type { InstanceRoute } from '@saasodoo/instances/data-access';
import { type Explanation, INSTANCE_NOT_FOUND } from './explanation';

const MAINTENANCE: Explanation = {
  status: 503,
  code: 'instance.maintenance',
  title: 'The instance is being worked on',
  detail: 'It is back soon. This page tries again by itself.',
  retryAfterSeconds: 15,
  refreshes: true,
};

const STOPPED: Explanation = {
  status: 503,
  code: 'instance.stopped',
  title: 'The instance is stopped',
  detail: 'Its owner stopped it and can start it again; nothing is lost.',
  retryAfterSeconds: 60,
};

const SUSPENDED: Explanation = {
  status: 402,
  code: 'instance.suspended',
  title: 'The instance is suspended',
  detail:
    'The platform suspended it. Its owner finds the reason in the account, or asks support; nothing is lost.',
  retryAfterSeconds: 300,
};

const PAYMENT_REQUIRED: Explanation = {
  ...SUSPENDED,
  detail: 'A payment is outstanding. It comes back as soon as its owner has paid; nothing is lost.',
};

/** The statuses that explain themselves. */
type IdleStatus = Exclude<InstanceRoute['status'], 'running' | 'suspended' | 'terminating' | 'terminated'>;

const BY_STATUS: Readonly<Record<IdleStatus, Explanation>> = {
  creating: {
    status: 503,
    code: 'instance.creating',
    title: 'The instance is being created',
    detail: 'This takes a few seconds. This page tries again by itself.',
    retryAfterSeconds: 2,
    refreshes: true,
  },
  starting: {
    status: 503,
    code: 'instance.starting',
    title: 'The instance is starting',
    detail: 'This takes a few seconds. This page tries again by itself.',
    retryAfterSeconds: 2,
    refreshes: true,
  },
  restarting: {
    status: 503,
    code: 'instance.restarting',
    title: 'The instance is restarting',
    detail: 'This takes a few seconds. This page tries again by itself.',
    retryAfterSeconds: 2,
    refreshes: true,
  },
  updating: MAINTENANCE,
  maintenance: MAINTENANCE,
  stopping: STOPPED,
  stopped: STOPPED,
  error: {
    status: 503,
    code: 'instance.error',
    title: 'The instance has a problem',
    detail: 'The platform could not bring it up. Its owner finds the reason in the account.',
    retryAfterSeconds: 60,
  },
};

export type ExplainedRoute = Pick<
  InstanceRoute,
  'status' | 'desiredState' | 'billingStatus' | 'suspensionMessage'
>;

/**
 * What to tell a visitor when a request is not sent on; `undefined` when it is. A suspension counts from the moment it
 * is wanted, not from when the last process has ended.
 */
export function explainInstance(route: ExplainedRoute): Explanation | undefined {
  const { status, desiredState } = route;
  if (status === 'terminating' || status === 'terminated') return INSTANCE_NOT_FOUND;
  if (desiredState === 'suspended' || status === 'suspended') return explainSuspension(route);
  return status === 'running' ? undefined : BY_STATUS[status];
}

function explainSuspension({ billingStatus, suspensionMessage }: ExplainedRoute): Explanation {
  if (suspensionMessage !== null && suspensionMessage !== '')
    return { ...SUSPENDED, detail: suspensionMessage };
  return billingStatus === 'payment_required' ? PAYMENT_REQUIRED : SUSPENDED;
}
