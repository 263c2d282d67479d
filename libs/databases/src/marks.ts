export const INSTANCE_ID_KEY = 'saasodoo.instance.id';
export const PLATFORM_KEY = 'saasodoo.platform';
/** On a database that is to become a template: what it is made of, once it is sealed. */
export const TEMPLATE_KEY = 'saasodoo.template';

/** On a role; the name again, since its comment says nothing else. */
export const ROLE_KEY = 'saasodoo.role';

/** What is written on databases and roles as their comment: a JSON object, its first key beginning with `saasodoo.`. */
export type Mark = Readonly<Record<string, string>>;

/** The text of a mark; the platform is left out where it is not known. */
export function markText(mark: Mark, platform: string | undefined): string {
  return JSON.stringify(platform === undefined ? mark : { ...mark, [PLATFORM_KEY]: platform });
}

/** Adds the platform to a mark that is text already. Text that is no mark stays as it is. */
export function withPlatform(comment: string, platform: string | undefined): string {
  const mark = readMark(comment);
  return Object.keys(mark).length === 0 ? comment : markText(mark, platform);
}

/** Anybody may write a comment, so what is not JSON is no mark rather than an error. */
export function readMark(comment: string | null | undefined): Mark {
  if (comment === null || comment === undefined) return {};
  try {
    const parsed: unknown = JSON.parse(comment);
    if (typeof parsed !== 'object' || parsed === null) return {};
    const entries: [string, unknown][] = Object.entries(parsed);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return {};
  }
}
