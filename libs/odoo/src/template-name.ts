import { createHash } from 'node:crypto';

/** To be raised when what a template contains changes, so that new templates are made. */
const TEMPLATE_REVISION = 1;

/**
 * `saasodoo_template_{version}_{hash8}`, at most 63 characters: the template database for an image. Another image, or
 * another way of making templates, has another name; a template is therefore never changed.
 *
 * @param imageId what the image is, not what it is called: its id or digest
 */
export function templateName(version: string, imageId: string): string {
  const hash = createHash('sha256').update(`${TEMPLATE_REVISION} ${imageId}`).digest('hex').slice(0, 8);
  const safeVersion = version.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  return `saasodoo_template_${safeVersion.slice(0, 36)}_${hash}`;
}
