/** An image of Odoo: as a site offers it under a version, and as an instance runs it. */
export interface OdooImage {
  /** As it is named to the engine. */
  readonly image: string;
  /** Its id or digest, so that a new image under an old name is noticed. */
  readonly id?: string;
  /** Name of its image profile in libs/odoo. */
  readonly profile: string;
}

/** Whether both name the same image, and mean the same by it as far as both say. */
export function isSameImage(one: OdooImage, other: OdooImage): boolean {
  const sameId = one.id === undefined || other.id === undefined || one.id === other.id;
  return one.image === other.image && one.profile === other.profile && sameId;
}
