import { RECEIVES_SLOWLY } from '@saasodoo/bootstrap';

export const ZIP = 'application/zip';

/** Of a route's config: its body is a zip of any size, which is handed on while it comes in. */
export const ZIP_BODY = { ...RECEIVES_SLOWLY, body: ZIP } as const;
