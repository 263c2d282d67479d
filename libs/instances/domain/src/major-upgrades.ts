/** How data gets from one major version of Odoo to another, as a site configures it. */
export interface MajorUpgrade {
  /** Runs the command; the image that the new version has on the site when absent. */
  readonly image?: string;
  /** Works on a copy of the data, and ends with 0 only when all of it was done. */
  readonly command: readonly string[];
}

/** By pair of major versions, such as `17>18`. */
export type MajorUpgrades = Readonly<Record<string, MajorUpgrade>>;

/** What is wrong with it when it is not one. */
export const MAJOR_UPGRADES_SHAPE =
  'MAJOR_UPGRADES must be JSON such as {"17>18":{"image":"migrate:18","command":["migrate"]}}, from a lower version to a higher one';

const PAIR = /^(\d{1,3})>(\d{1,3})$/;

export function isMajorUpgrades(value: unknown): value is MajorUpgrades {
  if (!isRecord(value)) return false;
  return Object.entries(value).every(([pair, upgrade]) => isPair(pair) && isMajorUpgrade(upgrade));
}

function isPair(text: string): boolean {
  const [, from, to] = PAIR.exec(text) ?? [];
  return Number(from) < Number(to);
}

function isMajorUpgrade(value: unknown): boolean {
  if (!isRecord(value) || !Object.keys(value).every((key) => key === 'image' || key === 'command'))
    return false;
  const { image, command } = value;
  if (image !== undefined && !isWord(image)) return false;
  return Array.isArray(command) && command.length > 0 && command.every(isWord);
}

function isWord(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
