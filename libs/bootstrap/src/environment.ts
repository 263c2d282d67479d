import { readFileSync } from 'node:fs';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment says about one variable. */
export interface RawVariable {
  readonly name: string;
  /** `undefined` when it is not set, or set to nothing. */
  readonly value: string | undefined;
  /** It came from a file, so it is a secret whatever its name. */
  readonly fromFile: boolean;
  /** Why it could not be read. */
  readonly problem?: string;
}

/** Reads `NAME`, or the trimmed content of the file that `NAME_FILE` names (a Docker secret). */
export function readVariable(name: string, env: Environment): RawVariable {
  const direct = presentOrUndefined(env[name]);
  const file = presentOrUndefined(env[`${name}_FILE`]);
  if (file === undefined) return { name, value: direct, fromFile: false };
  const unread = { name, value: undefined, fromFile: true };
  if (direct !== undefined) return { ...unread, problem: `is set twice: remove ${name} or ${name}_FILE` };
  try {
    return { name, value: presentOrUndefined(readFileSync(file, 'utf8').trim()), fromFile: true };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...unread, problem: `cannot be read from the file ${name}_FILE names: ${reason}` };
  }
}

/** Compose and stack files hand on a variable nobody set as an empty string. */
function presentOrUndefined(text: string | undefined): string | undefined {
  return text === undefined || text === '' ? undefined : text;
}
