import type { Instance } from '@saasodoo/instances/domain';
import type { ImageProfile } from '@saasodoo/odoo';
import type { StepContext } from '@saasodoo/operations/domain';

/** What the steps of this app work with: the instance as it is now, and how its image wants to be treated. */
export interface TenantContext extends StepContext {
  readonly instance: Instance;
  readonly image: string;
  /** What the image is, not what it is called: its id or digest. */
  readonly imageId: string;
  readonly profile: ImageProfile;
  /** The labels that everything made for the instance carries. */
  readonly labels: Readonly<Record<string, string>>;
}
