#!/usr/bin/env bash
# Same contract as the official image: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB, POSTGRES_INITDB_ARGS (each also
# as NAME_FILE), POSTGRES_HOST_AUTH_METHOD, PGDATA, /docker-entrypoint-initdb.d, extra arguments for the server.
set -Eeuo pipefail

readonly init_folder=/docker-entrypoint-initdb.d

fail() { echo "postgres image: $*" >&2; exit 1; }

# from_file NAME [default]: sets NAME from the file that NAME_FILE points to, for secrets.
from_file() {
  local name="$1" file_name="${1}_FILE"
  if [[ -n "${!name:-}" && -n "${!file_name:-}" ]]; then fail "set $name or $file_name, not both"; fi
  local value="${!name:-${2:-}}"
  if [[ -n "${!file_name:-}" ]]; then value="$(<"${!file_name}")"; fi
  export "$name=$value"
  unset "$file_name"
}

prepare_folders() {
  mkdir -p "$PGDATA" /var/run/postgresql
  chmod 0700 "$PGDATA" || true
  chmod 3777 /var/run/postgresql || true
  if [[ "$(id -u)" == 0 ]]; then
    find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
    find /var/run/postgresql \! -user postgres -exec chown postgres '{}' +
  fi
}

sql() { psql -v ON_ERROR_STOP=1 --no-psqlrc --username "$POSTGRES_USER" --dbname "${1}" "${@:2}"; }

run_init_files() {
  local file
  for file in "$init_folder"/*; do
    case "$file" in
      *.sh)
        echo "postgres image: running $file"
        # Executable files run on their own, the others inside this shell, as in the official image.
        if [[ -x "$file" ]]; then "$file"; else . "$file"; fi ;;
      *.sql)     echo "postgres image: loading $file"; sql "$POSTGRES_DB" -f "$file" ;;
      *.sql.gz)  echo "postgres image: loading $file"; gunzip -c "$file" | sql "$POSTGRES_DB" ;;
      *.sql.xz)  echo "postgres image: loading $file"; xzcat "$file" | sql "$POSTGRES_DB" ;;
      *.sql.zst) echo "postgres image: loading $file"; zstd -dc "$file" | sql "$POSTGRES_DB" ;;
      *) [[ -e "$file" ]] && echo "postgres image: ignoring $file" ;;
    esac
  done
  return 0
}

check_settings() {
  if [[ -z "$POSTGRES_PASSWORD" && "${POSTGRES_HOST_AUTH_METHOD:-}" != trust ]]; then
    fail 'set POSTGRES_PASSWORD or POSTGRES_PASSWORD_FILE: an empty data directory needs a superuser password'
  fi
}

create_cluster() {
  local arguments=(--username="$POSTGRES_USER" --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256)
  if [[ -n "$POSTGRES_INITDB_ARGS" ]]; then eval "arguments+=($POSTGRES_INITDB_ARGS)"; fi
  if [[ -n "$POSTGRES_PASSWORD" ]]; then
    initdb "${arguments[@]}" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD")
  else
    initdb "${arguments[@]}"
  fi
  printf '\nhost all all all %s\n' "${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256}" >> "$PGDATA/pg_hba.conf"
}

fill_cluster() {
  # Reachable through its socket alone, so that nobody mistakes the half-made server for the finished one.
  PGUSER="$POSTGRES_USER" pg_ctl -D "$PGDATA" -w start -o "-c listen_addresses='' -p ${PGPORT:-5432}" "${@}"
  if [[ "$POSTGRES_DB" != postgres ]]; then
    sql postgres --set db="$POSTGRES_DB" <<< 'CREATE DATABASE :"db";'
  fi
  run_init_files
  PGUSER="$POSTGRES_USER" pg_ctl -D "$PGDATA" -m fast -w stop
}

# The cluster is made in a folder inside the volume and moved into place, PG_VERSION last. Killed at any moment, the
# next start either begins again or finishes the move; a half-initialised cluster is never taken for a real one.
initialise() {
  local final="$PGDATA" stage="$PGDATA/.initialising" ready="$PGDATA/.initialised"
  check_settings
  if [[ ! -e "$ready" ]]; then
    rm -rf "$stage"
    mkdir -m 0700 "$stage"
    export PGDATA="$stage"
    create_cluster
    fill_cluster
    export PGDATA="$final"
    touch "$ready"
    sync
  fi
  find "$stage" -mindepth 1 -maxdepth 1 ! -name PG_VERSION -exec mv -f -t "$final" '{}' +
  mv -f "$stage/PG_VERSION" "$final/PG_VERSION"
  rmdir "$stage"
  rm "$ready"
  echo 'postgres image: the cluster is ready'
}

main() {
  if [[ "${1:-}" == -* ]]; then set -- postgres "$@"; fi
  if [[ "${1:-}" == postgres ]]; then
    prepare_folders
    if [[ "$(id -u)" == 0 ]]; then exec setpriv --reuid=postgres --regid=postgres --init-groups "$BASH_SOURCE" "$@"; fi
    if [[ ! -s "$PGDATA/PG_VERSION" ]]; then
      from_file POSTGRES_PASSWORD
      from_file POSTGRES_USER postgres
      from_file POSTGRES_DB "$POSTGRES_USER"
      from_file POSTGRES_INITDB_ARGS
      initialise
    fi
    unset POSTGRES_PASSWORD
    # What a kill between the last two commands of an earlier initialisation may have left.
    rm -rf "$PGDATA/.initialising" "$PGDATA/.initialised"
  fi
  exec "$@"
}

main "$@"
