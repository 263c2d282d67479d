import type { OdooImage } from '@saasodoo/instances/domain';
import type { SwarmService } from '@saasodoo/swarm';

/**
 * The image that an instance runs which nobody has written down: what its service was deployed with, or what its version
 * has on the site where there is no service, or one that somebody edited since. Pure.
 */
export function deployedImage(
  service: Pick<SwarmService, 'image' | 'fingerprint'> | undefined,
  asDeployed: string | undefined,
  configured: OdooImage,
): OdooImage {
  if (service === undefined || service.image === configured.image) return configured;
  if (service.fingerprint !== asDeployed) return configured;
  return { image: service.image, profile: configured.profile };
}
