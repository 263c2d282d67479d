import { isFields } from './engine-spec';

/**
 * Paths of what was asked for and is missing from what the engine kept. Engines ignore fields they do not know, and
 * leave out zeros and empty lists, so only what is neither counts.
 */
export function droppedPaths(asked: unknown, kept: unknown, path = ''): string[] {
  if (isEmpty(asked)) return [];
  if (isFields(asked)) {
    if (!isFields(kept)) return leaves(asked, path);
    return Object.keys(asked).flatMap((key) => droppedPaths(asked[key], kept[key], join(path, key)));
  }
  if (Array.isArray(asked)) {
    return Array.isArray(kept) && kept.length >= asked.length ? [] : [path];
  }
  return kept === undefined || kept === null ? [path] : [];
}

function leaves(asked: object, path: string): string[] {
  return Object.entries(asked).flatMap(([key, value]) =>
    droppedPaths(value, isFields(value) ? {} : undefined, join(path, key)),
  );
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  return Array.isArray(value) && value.length === 0;
}
