import type { Instance } from '@saasodoo/instances/domain';
import type { ImageProfile } from '@saasodoo/odoo';
import type { StepContext } from '@saasodoo/operations/domain';

export interface TenantImage {
  /** As it is named to the engine. */
  readonly reference: string;
  /** What it is, not what it is called: its id or digest. */
  readonly id: string;
  readonly profile: ImageProfile;
}

/** What the steps of this app work with: the instance as it is now. */
export interface TenantContext extends StepContext {
  readonly instance: Instance;
  /**
   * The image that the instance runs, whatever its version has on this site by now. Asked for only by what needs one:
   * an instance that never had one, of a version that was withdrawn, can still be removed. Throws
   * `odoo_version.unavailable`.
   */
  readonly image: () => TenantImage;
  /** The labels that everything made for the instance carries. */
  readonly labels: Readonly<Record<string, string>>;
}
