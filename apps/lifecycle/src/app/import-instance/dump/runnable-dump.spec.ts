import fc from 'fast-check';
import { DumpLines } from './dump-lines';
import { runnableDump } from './runnable-dump';

const TOKEN = 'secret';

async function run(dump: string | Buffer, size = 7): Promise<{ text: string; rows: object }> {
  const bytes = Buffer.from(dump);
  async function* inPieces(): AsyncGenerator<Buffer> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const lines = new DumpLines();
  const pieces: Buffer[] = [];
  for await (const piece of runnableDump(inPieces(), lines, TOKEN)) pieces.push(piece);
  const [first, ...rest] = Buffer.concat(pieces).toString('latin1').split('\n');
  expect(first).toBe(`\\restrict ${TOKEN}`);
  return { text: rest.join('\n'), rows: Object.fromEntries(lines.rows) };
}

const DUMP = `--
-- PostgreSQL database dump
--

\\restrict abc123

SET statement_timeout = 0;
SET transaction_timeout = 0;
SET client_encoding = 'UTF8';
CREATE EXTENSION IF NOT EXISTS plpgsql WITH SCHEMA pg_catalog;
COMMENT ON EXTENSION pg_trgm IS 'text similarity; it''s';
CREATE TABLE public.note (
    id integer
);
ALTER TABLE public.note OWNER TO odoo;
GRANT ALL ON TABLE public.note TO odoo;
COPY public.note (id, body) FROM stdin;
1\\trestrict
\\restrict is data here
GRANT ALL ON EVERYTHING TO me;
\\.

COPY public."order" FROM stdin;
\\.

CREATE INDEX note_id ON public.note USING btree (id);
\\unrestrict abc123
`;

describe('runnableDump', () => {
  it('leaves out what is about another server, keeps the rest, and counts the rows', async () => {
    const { text, rows } = await run(DUMP);
    const dropped = ['restrict abc123', 'timeout', 'plpgsql', 'COMMENT ON', 'OWNER', 'GRANT ALL ON TABLE'];
    const kept = DUMP.split('\n').filter((line) => !dropped.some((word) => line.includes(word)));
    expect(text).toBe(kept.join('\n'));
    expect(rows).toEqual({ 'public.note': 3, 'public."order"': 0 });
  });

  it.each([
    ['\\! touch /tmp/x'],
    ['\\copy note from program'],
    ['\\i /etc/passwd'],
    ['\\o |sh'],
    ['\\connect other'],
    ['\\gexec'],
    ['\\unrestrict abc\\! sh'],
    ['\\restrict a b'],
    ["COPY note FROM PROGRAM 'id';"],
    ["COPY note TO PROGRAM 'sh';"],
    ["COPY note FROM '/etc/passwd';"],
    ["COPY (SELECT 1) TO '/tmp/x';"],
  ])('refuses %j, wherever it is', async (line) => {
    const refused = { code: 'import.dump_refused', httpStatus: 422, facts: { line: 3 } };
    await expect(run(`SELECT 1;\n\n${line}\nSELECT 2;\n`)).rejects.toMatchObject(refused);
    await expect(run(`SELECT 1;\n\n${line}`)).rejects.toMatchObject(refused);
    await expect(run(`SELECT 1;\r\n\r\n${line}\r\n`)).rejects.toMatchObject(refused);
  });

  it('lets lines through that are longer than anything it looks at', async () => {
    const long = `1\t${'x'.repeat(3 * 1024 ** 2)}\n\\.\n`;
    const dump = `COPY public.note FROM stdin;\n${long}SELECT 1;\n`;
    const { text, rows } = await run(dump, 60_000);
    expect(text === dump).toBe(true);
    expect(rows).toEqual({ 'public.note': 1 });
  });

  it('does not depend on how it comes in, and changes nothing that it knows nothing of', async () => {
    const anyLine = fc.oneof(
      fc.constantFrom(...DUMP.split('\n').filter((line) => !line.startsWith('\\'))),
      fc.string().map((text) => `x${text.replaceAll('\n', '')}`),
    );
    const anyDump = fc.array(anyLine, { maxLength: 20 }).map((lines) => lines.join('\n'));
    await fc.assert(
      fc.asyncProperty(anyDump, fc.integer({ min: 1, max: 50 }), async (dump, size) => {
        const [whole, pieces] = [await run(dump, 1_000_000), await run(dump, size)];
        expect(pieces).toEqual(whole);
        const strange = dump.split('\n').filter((line) => line.startsWith('x'));
        const left = Buffer.from(whole.text, 'latin1').toString().split('\n');
        expect(left.filter((line) => line.startsWith('x'))).toEqual(strange);
      }),
    );
  });
});
