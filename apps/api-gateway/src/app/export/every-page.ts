import type { Page } from '../http/page';

const PAGE_SIZE = 100;

/**
 * Everything that a list has, page by page, each once: what is added at its front meanwhile pushes what was read into the next
 * page. `keyOf` tells one from another.
 */
export async function* everyPage<T>(
  read: (page: Page) => Promise<readonly T[]>,
  keyOf: (one: T) => unknown,
): AsyncGenerator<T> {
  let known = new Set<unknown>();
  for (let page = 1; ; page += 1) {
    const found = await read({ page, pageSize: PAGE_SIZE });
    yield* found.filter((one) => !known.has(keyOf(one)));
    if (found.length < PAGE_SIZE) return;
    known = new Set(found.map(keyOf));
  }
}
