import { AppError } from '@saasodoo/kernel';

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * What the engine answered, read field by field. Whatever is not of the expected shape throws
 * `swarm.unexpected_answer` and names the path, so that a changed API is seen where it is read and not three calls later.
 */
export class Answer {
  constructor(
    readonly value: unknown,
    private readonly path: string,
  ) {}

  /** A sub-object; an absent one reads as empty. */
  at(key: string): Answer {
    return new Answer(this.field(key) ?? {}, `${this.path}.${key}`);
  }

  text(key: string): string {
    const value = this.field(key);
    return typeof value === 'string' ? value : this.unexpected(key, 'a string');
  }

  textOr<T>(key: string, otherwise: T): string | T {
    return this.absent(key) ? otherwise : this.text(key);
  }

  number(key: string): number {
    const value = this.field(key);
    return typeof value === 'number' ? value : this.unexpected(key, 'a number');
  }

  numberOr<T>(key: string, otherwise: T): number | T {
    return this.absent(key) ? otherwise : this.number(key);
  }

  boolean(key: string): boolean {
    return this.field(key) === true;
  }

  date(key: string): Date {
    const date = new Date(this.text(key));
    return Number.isNaN(date.getTime()) ? this.unexpected(key, 'a time') : date;
  }

  /** An absent list or `null` (Go's empty slice) reads as empty. */
  list(key: string): Answer[] {
    return new Answer(this.field(key) ?? [], `${this.path}.${key}`).items();
  }

  /** This answer itself as a list. */
  items(): Answer[] {
    if (!Array.isArray(this.value)) return this.unexpected(undefined, 'a list');
    return this.value.map((item: unknown, index) => new Answer(item, `${this.path}[${index}]`));
  }

  texts(key: string): string[] {
    return this.list(key).map((item) => item.asText());
  }

  /** A map of strings, such as labels; absent reads as empty. */
  map(key: string): Record<string, string> {
    const inner = this.at(key);
    return Object.fromEntries(Object.keys(inner.fields()).map((name) => [name, inner.text(name)]));
  }

  asText(): string {
    return typeof this.value === 'string' ? this.value : this.unexpected(undefined, 'a string');
  }

  private absent(key: string): boolean {
    const value = this.field(key);
    return value === undefined || value === null;
  }

  private field(key: string): unknown {
    return this.fields()[key];
  }

  private fields(): Fields {
    return isFields(this.value) ? this.value : this.unexpected(undefined, 'an object');
  }

  unexpected(key: string | undefined, expected: string): never {
    const path = key === undefined ? this.path : `${this.path}.${key}`;
    throw AppError.terminal('swarm.unexpected_answer', `the engine's ${path} is not ${expected}`, {
      hint: 'The engine speaks another API than this release knows: compare its `docker version` with the supported ones.',
      facts: { path, expected },
    });
  }
}
