/** The script said that what it was given is damaged. */
export const DAMAGED = 65;

/** Statements that count every table, to be run by `\gexec`. */
const COUNT_ROWS = `SELECT format('SELECT %L, count(*) FROM public.%I', relname, relname) FROM pg_class
 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname \\gexec`;

/**
 * Dumps the database as it was at one moment, and writes down of the same moment how many rows each table has and which
 * files its attachments name. The dump gets its name when it was read back to its end.
 */
export const DUMP_DATABASE = `set -euo pipefail
cd /workspace
rm -f database.dump.partial
coproc SESSION { exec psql -XqAt -F $'\\t' -v ON_ERROR_STOP=1; }
say() { printf '%s\\n' "$1" >&"\${SESSION[1]}"; }
hear() { IFS= read -r -u "\${SESSION[0]}" REPLY || { echo 'the session that holds the snapshot has ended' >&2; exit 1; }; }
say 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; SELECT pg_export_snapshot();'
hear
snapshot=$REPLY
say '\\o facts.tsv'
say "SELECT current_setting('server_version'), pg_database_size(current_database());"
say '\\o attachments.txt'
say 'SELECT DISTINCT store_fname FROM ir_attachment WHERE store_fname IS NOT NULL;'
say '\\o modules.tsv'
say "SELECT name, coalesce(latest_version, '') FROM ir_module_module WHERE state = 'installed' ORDER BY name;"
say '\\o rows.tsv'
cat >&"\${SESSION[1]}" <<'END'
${COUNT_ROWS}
END
say '\\o'
say "SELECT 'counted';"
hear
pg_dump --format=custom --compress=zstd:1 --snapshot="$snapshot" --file=database.dump.partial
say 'COMMIT;'
pg_restore --file=/dev/null database.dump.partial
sync database.dump.partial
mv database.dump.partial database.dump
`;

const CHECK_ARCHIVE = `zstd -q -t files.tar.zst.partial
sync files.tar.zst.partial
mv files.tar.zst.partial files.tar.zst
`;

/** Archives the files that were linked, which nobody changes any more. */
export const ARCHIVE_LINKED_FILES = `set -euo pipefail
cd /workspace/files
tar --create --sort=name --numeric-owner . | zstd -q -1 -f -o ../files.tar.zst.partial
cd ..
${CHECK_ARCHIVE}`;

/**
 * Archives what is in either of two snapshots, as it is in the later one where it is in both, and counts it. A snapshot that
 * cannot be read must not pass for an empty one.
 */
export const ARCHIVE_SNAPSHOTS = `set -euo pipefail
export LC_ALL=C
cd /workspace
for moment in before after; do
  (cd /$moment && find . -mindepth 1 -path ./sessions -prune -o \\( -type f -o -type d \\) -print0 | sort -z) >$moment.list
done
comm -z -13 after.list before.list >gone.list
tar --create --numeric-owner --no-recursion --null -C /after -T after.list -C /before -T gone.list |
  zstd -q -1 -f -o files.tar.zst.partial
{
  (cd /after && find . -mindepth 1 -path ./sessions -prune -o -type f -printf '%s\\n')
  (cd /before && xargs -0 -r stat --printf='%f %s\\n' </workspace/gone.list | sed -n 's/^8... //p')
} | awk '{ count += 1; bytes += $1 } END { printf "%d\\t%.0f", count, bytes }' >files.tsv
${CHECK_ARCHIVE}`;

/** Fills an empty database, then counts as `DUMP_DATABASE` did. */
export const RESTORE_DATABASE = `set -euo pipefail
cd /workspace
pg_restore --list database.dump >/dev/null || exit ${DAMAGED}
pg_restore --exit-on-error --no-owner --no-privileges --jobs=2 --dbname="$PGDATABASE" database.dump
psql -XqAt -F $'\\t' -v ON_ERROR_STOP=1 -o restored-rows.tsv <<'END'
${COUNT_ROWS}
END
psql -Xq -v ON_ERROR_STOP=1 -c ANALYZE
`;

export const RESTORE_FILES = `set -euo pipefail
cd /files
zstd -q -d -c /workspace/files.tar.zst | tar --extract --no-same-owner --preserve-permissions
sync
`;

/** Unpacks a backup for somebody who downloads it. */
export const EXPORT_BACKUP = `set -euo pipefail
cd /workspace
pg_restore --no-owner --no-privileges --file=dump.sql database.dump
rm database.dump
mkdir -p files
zstd -q -d -c files.tar.zst | tar --extract --no-same-owner --directory=files
rm files.tar.zst
`;
