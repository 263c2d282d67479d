/** psql stopped at a statement that the database refused. */
export const REFUSED = 3;

/** Statements that count what `COPY` filled, to be run by `\gexec`: tables that inherit, and partitions, have their own rows. */
const COUNT_ROWS = `SELECT format('SELECT %L, count(*) FROM ONLY public.%I', relname, relname) FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' ORDER BY relname \\gexec`;

/**
 * Runs a plain dump on an empty database, as the role that is to own it; then counts rows and names the files of its
 * attachments. An older psql does not know the restriction that the dump begins with, and stops there.
 */
export const LOAD_DUMP = `set -euo pipefail
cd /workspace
psql -Xq -v ON_ERROR_STOP=1 -o /dev/null --file=dump.sql
psql -XqAt -F $'\\t' -v ON_ERROR_STOP=1 -o loaded-rows.tsv <<'END'
${COUNT_ROWS}
END
psql -XqAt -v ON_ERROR_STOP=1 -o attachments.txt <<'END'
SELECT DISTINCT store_fname FROM public.ir_attachment WHERE store_fname ~ '^[0-9a-f]{2}/[0-9a-f]{40}$' LIMIT 2000000;
END
psql -Xq -v ON_ERROR_STOP=1 -c ANALYZE
`;
