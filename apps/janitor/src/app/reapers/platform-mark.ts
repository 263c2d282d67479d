import type { Labels } from '@saasodoo/swarm';

/** On everything that a platform makes in a Swarm, so that several can share one. */
export const PLATFORM_LABEL = 'saasodoo.platform';

/** The labels by which the things of one platform are asked for. */
export function platformLabels(platform: string): Labels {
  return { 'saasodoo.managed': 'true', [PLATFORM_LABEL]: platform };
}
