/** A statement, or a part of one, apart from its values. Made by `sql`, never from text that anybody sent. */
export class Sql {
  constructor(
    private readonly strings: readonly string[],
    readonly values: readonly unknown[],
  ) {}

  /** With `$1`, `$2` … where the values go. */
  get text(): string {
    return this.strings.reduce((before, string, index) => `${before}$${index}${string}`);
  }

  /** Puts parts between the strings of a template, renumbering what they hold. */
  static compose(strings: readonly string[], parts: readonly unknown[]): Sql {
    const texts: string[] = [strings[0] ?? ''];
    const values: unknown[] = [];
    const append = (text: string): void => void texts.push((texts.pop() ?? '') + text);
    parts.forEach((part, index) => {
      if (part instanceof Sql) {
        append(part.strings[0] ?? '');
        texts.push(...part.strings.slice(1));
        values.push(...part.values);
        append(strings[index + 1] ?? '');
      } else {
        values.push(part);
        texts.push(strings[index + 1] ?? '');
      }
    });
    return new Sql(texts, values);
  }
}

/** SQL with values where a template has them; a value that is itself SQL becomes a part of it. */
export function sql(strings: TemplateStringsArray, ...parts: readonly unknown[]): Sql {
  return Sql.compose(strings, parts);
}
