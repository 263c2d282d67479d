import type { DumpLines } from './dump-lines';

const NEWLINE = 0x0a;
/** What is longer is data, of which only the beginning is looked at. */
const MAX_LOOKED_AT = 1024 ** 2;

/**
 * The dump as psql may run it: behind a restriction that lets psql obey none of its own commands, whatever state a dump has
 * talked it into; `token` ends it, which nobody else knows.
 */
export async function* runnableDump(
  dump: AsyncIterable<Buffer>,
  lines: DumpLines,
  token: string,
): AsyncGenerator<Buffer> {
  yield Buffer.from(`\\restrict ${token}\n`);
  let rest: Buffer = Buffer.alloc(0);
  let isInside = false;
  for await (const bytes of dump) {
    const cut = cutLines(rest.length === 0 ? bytes : Buffer.concat([rest, bytes]), isInside);
    for (const { from, to } of runsOf(cut, lines)) yield cut.all.subarray(from, to);
    rest = cut.all.subarray(cut.end);
    isInside = cut.isInside;
    if (rest.length > MAX_LOOKED_AT) {
      if (isInside || lines.keeps(rest)) yield rest;
      [rest, isInside] = [Buffer.alloc(0), true];
    }
  }
  if (rest.length > 0 && (isInside || lines.keeps(rest))) yield rest;
}

interface Cut {
  readonly all: Buffer;
  /** Of what was read of a line whose beginning was looked at before. */
  readonly insideUntil: number;
  /** After the last whole line. */
  readonly end: number;
  readonly isInside: boolean;
}

function cutLines(all: Buffer, wasInside: boolean): Cut {
  const end = all.lastIndexOf(NEWLINE) + 1;
  const insideUntil = wasInside ? all.indexOf(NEWLINE) + 1 : 0;
  return { all, insideUntil, end, isInside: wasInside && end === 0 };
}

/** Stretches of lines that are kept. */
function* runsOf({ all, insideUntil, end }: Cut, lines: DumpLines): Generator<{ from: number; to: number }> {
  let from = 0;
  for (let at = insideUntil; at < end;) {
    const next = all.indexOf(NEWLINE, at) + 1;
    if (!lines.keeps(all.subarray(at, next))) {
      if (at > from) yield { from, to: at };
      from = next;
    }
    at = next;
  }
  if (end > from) yield { from, to: end };
}
