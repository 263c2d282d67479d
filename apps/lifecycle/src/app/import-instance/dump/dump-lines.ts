import { AppError } from '@saasodoo/kernel';

const BACKSLASH = 0x5c;
const CARRIAGE_RETURN = 0x0d;
/** First letters of the statements below; all others pass unread. */
const INTERESTING: ReadonlySet<number | undefined> = new Set(
  [...'ACGRS'].map((letter) => letter.charCodeAt(0)),
);
const COPY_DATA = /^COPY (\S+) (?:\(.*\) )?FROM stdin(?: WITH .*)?;$/;
const COPY_ELSEWHERE = /^COPY [^']*\b(?:FROM|TO) (?:PROGRAM )?'/i;
const MAX_TABLES = 50_000;
/** Newer programs of PostgreSQL write it around a dump; a restriction of our own takes its place. */
const RESTRICTION = /^\\(?:un)?restrict \w+$/;

/**
 * About the server that the dump came from: owners and rights of roles that are not here, and what only an administrator may
 * say. `pg_dump` writes each in one line.
 */
const OF_ANOTHER_SERVER = [
  /^ALTER [A-Z ]+ .+ OWNER TO .+;$/,
  /^ALTER DEFAULT PRIVILEGES .+;$/,
  /^(?:GRANT|REVOKE) .+ (?:TO|FROM) .+;$/,
  /^COMMENT ON EXTENSION \S+ IS '.*';$/,
  /^CREATE EXTENSION IF NOT EXISTS plpgsql .*;$/,
  /^SET (?:transaction_timeout|idle_in_transaction_session_timeout|lock_timeout|statement_timeout) = 0;$/,
  /^SET default_with_oids = (?:false|true);$/,
];

/** Reads a plain dump line by line: what may be run, what is left out, and how many rows each table gets. */
export class DumpLines {
  readonly rows = new Map<string, number>();
  private number = 0;
  /** The table whose data the lines are; data is no SQL. */
  private table: string | undefined;

  /**
   * Whether the line is kept. Throws `import.dump_refused` for commands of psql and for what only a superuser may do: the
   * database would refuse that as well, later and less clearly.
   */
  keeps(line: Buffer): boolean {
    this.number += 1;
    if (this.table !== undefined) return this.data(this.table, line);
    if (line[0] === BACKSLASH) return this.command(textOf(line));
    if (!INTERESTING.has(line[0])) return true;
    return this.statement(textOf(line));
  }

  private data(table: string, line: Buffer): boolean {
    if (line[0] === BACKSLASH && textOf(line) === '\\.') this.table = undefined;
    else this.rows.set(table, (this.rows.get(table) ?? 0) + 1);
    return true;
  }

  private command(text: string): boolean {
    if (RESTRICTION.test(text)) return false;
    throw this.refused('is a command of psql');
  }

  private statement(text: string): boolean {
    const [, table] = COPY_DATA.exec(text) ?? [];
    if (table !== undefined) {
      if (this.rows.size > MAX_TABLES) throw this.refused('fills more tables than any Odoo has');
      this.table = table;
      this.rows.set(table, this.rows.get(table) ?? 0);
      return true;
    }
    if (COPY_ELSEWHERE.test(text)) throw this.refused('reads or writes files or programs of the server');
    return !OF_ANOTHER_SERVER.some((pattern) => pattern.test(text));
  }

  private refused(what: string): AppError {
    return AppError.terminal('import.dump_refused', `line ${this.number} of dump.sql ${what}`, {
      httpStatus: 422,
      hint: "Only what Odoo's own database manager dumps is imported.",
      facts: { line: this.number },
    });
  }
}

/** Without the end of the line, whichever it is. */
function textOf(line: Buffer): string {
  const end = line.length - (line.at(-1) === 0x0a ? 1 : 0);
  return line.toString('utf8', 0, line[end - 1] === CARRIAGE_RETURN ? end - 1 : end);
}
