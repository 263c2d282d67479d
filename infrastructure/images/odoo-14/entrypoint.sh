#!/usr/bin/env bash
# Same contract as the official image: HOST, PORT, USER, PASSWORD or PASSWORD_FILE, and the configuration file ODOO_RC,
# whose values win over the environment. Extra arguments go to odoo; any other command runs as it is.
set -Eeuo pipefail

readonly passfile=/tmp/.odoo-pgpass

# option NAME: its value in the configuration file, if it is set there.
option() {
  sed -n -E "s/^[[:space:]]*$1[[:space:]]*=[[:space:]]*(.*[^[:space:]])[[:space:]]*$/\1/p" "$ODOO_RC" 2> /dev/null | tail -n 1
}

# choose NAME VALUE VARIABLE: the configured value, or VALUE handed to odoo as an option; VARIABLE is what libpq reads.
choose() {
  local configured
  configured="$(option "$1")"
  if [[ -z "$configured" ]]; then database_options+=("--$1" "$2"); fi
  export "$3=${configured:-$2}"
}

# Through libpq's password file: an option would show the password to everyone who can list processes.
choose_password() {
  local password
  password="$(option db_password)"
  if [[ -z "$password" && -n "${PASSWORD_FILE:-}" ]]; then password="$(<"$PASSWORD_FILE")"; fi
  if [[ -z "$password" ]]; then password="${PASSWORD:-odoo}"; fi
  password="${password//\\/\\\\}"
  (umask 077; printf '*:*:*:*:%s\n' "${password//:/\\:}" > "$passfile")
  export PGPASSFILE="$passfile"
  unset PASSWORD PASSWORD_FILE
}

prepare_database() {
  choose db_host "${HOST:-db}" PGHOST
  choose db_port "${PORT:-5432}" PGPORT
  choose db_user "${USER:-odoo}" PGUSER
  choose_password
  wait-for-postgres.py "${WAIT_FOR_POSTGRES:-30}"
}

main() {
  database_options=()
  case "${1:-odoo}" in
    odoo)
      shift || true
      if [[ "${1:-}" == scaffold ]]; then exec odoo "$@"; fi
      prepare_database
      exec odoo "$@" "${database_options[@]}" ;;
    -*)
      prepare_database
      exec odoo "$@" "${database_options[@]}" ;;
    *)
      exec "$@" ;;
  esac
}

main "$@"
