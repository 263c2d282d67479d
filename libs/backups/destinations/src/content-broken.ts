/** Carries what went wrong with the content of a part past what explains errors of a store. */
export class ContentBroken extends Error {
  constructor(override readonly cause: unknown) {
    super('the content of the part could not be read', { cause });
    this.name = 'ContentBroken';
  }
}
