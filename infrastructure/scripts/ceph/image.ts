import { readCatalogue } from '../catalogue.ts';
import { ensureBuilt } from '../image-build.ts';
import { withLock } from '../lock.ts';
import { inState } from '../paths.ts';
import type { Note } from '../progress.ts';

const CEPH_IMAGE = { tag: 'saasodoo/ceph:18-debian', folder: 'ceph', base: 'trixie' } as const;

/** The image with all of Ceph, built when it is missing or its folder has changed. */
export async function ensureCephImage(note: Note): Promise<string> {
  const catalogue = await readCatalogue();
  await withLock(inState('images.lock'), () => ensureBuilt(catalogue, CEPH_IMAGE, false, note));
  return CEPH_IMAGE.tag;
}
