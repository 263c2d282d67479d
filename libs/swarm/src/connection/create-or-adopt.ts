import { AppError, systemClock } from '@saasodoo/kernel';
import { type Labels, sameOwner } from '../labels';
import { hasCode, outcomeUnknown } from './engine-error';

/** A create whose answer was lost takes effect in most cases, some milliseconds later. */
const LOOKS = 10;
const LOOK_EVERY_MS = 50;

export interface Creation<T extends { readonly labels: Labels }> {
  /** What is created, with its name: `service odoo-acme`. */
  readonly what: string;
  readonly labels: Labels;
  /** Not handed to the engine: a request that was cut off may still take effect, and nobody would know of what it made. */
  readonly signal?: AbortSignal | undefined;
  readonly create: () => Promise<T>;
  readonly find: () => Promise<T | undefined>;
}

export interface Created<T> {
  readonly found: T;
  readonly adopted: boolean;
}

/**
 * Creates once, however often it is called: a thing of that name is taken over when it carries our owner labels, and
 * when the engine's answer is lost, it is looked for. Throws `swarm.name_taken` when the name is somebody else's.
 * After an abort it throws the signal's reason, but not before the outcome is known: what was made can be listed by then.
 */
export async function createOrAdopt<T extends { readonly labels: Labels }>(
  creation: Creation<T>,
): Promise<Created<T>> {
  const { signal } = creation;
  signal?.throwIfAborted();
  try {
    return await settled(creation);
  } finally {
    signal?.throwIfAborted();
  }
}

async function settled<T extends { readonly labels: Labels }>(creation: Creation<T>): Promise<Created<T>> {
  try {
    return { found: await creation.create(), adopted: false };
  } catch (error) {
    if (hasCode(error, 'swarm.name_taken')) return await adopt(creation, error);
    if (!outcomeUnknown(error)) throw error;
    const found = await lookAfter(creation);
    if (found === undefined) throw error;
    return { found, adopted: true };
  }
}

async function adopt<T extends { readonly labels: Labels }>(
  { what, labels, find }: Creation<T>,
  cause: AppError,
): Promise<Created<T>> {
  const found = await find();
  if (found !== undefined && sameOwner(labels, found.labels)) return { found, adopted: true };
  if (found === undefined) {
    throw AppError.retryable(
      'swarm.name_taken',
      `could not create ${what}: the name was taken a moment ago`,
      {
        cause,
        hint: 'Try again: what held the name is gone.',
      },
    );
  }
  throw AppError.terminal('swarm.name_taken', `could not create ${what}: the name belongs to somebody else`, {
    cause,
    hint: 'Choose another name, or remove what holds this one.',
    httpStatus: 409,
  });
}

/** Looks for what may have been created, a few times: the engine may still be at it. */
async function lookAfter<T extends { readonly labels: Labels }>({
  labels,
  find,
}: Creation<T>): Promise<T | undefined> {
  for (let look = 1; look <= LOOKS; look += 1) {
    const found = await find();
    if (found !== undefined && sameOwner(labels, found.labels)) return found;
    if (look < LOOKS) await systemClock.sleep(LOOK_EVERY_MS);
  }
  return undefined;
}
