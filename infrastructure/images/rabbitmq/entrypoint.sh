#!/usr/bin/env bash
# Same contract as the official image: RABBITMQ_DEFAULT_USER, RABBITMQ_DEFAULT_PASS, RABBITMQ_DEFAULT_VHOST and
# RABBITMQ_ERLANG_COOKIE (each also as NAME_FILE, for secrets), /etc/rabbitmq with conf.d, data in /var/lib/rabbitmq.
set -Eeuo pipefail

readonly home=/var/lib/rabbitmq

fail() { echo "rabbitmq image: $*" >&2; exit 1; }

from_file() {
  local name="$1" file_name="${1}_FILE"
  [[ -z "${!file_name:-}" ]] && return 0
  [[ -n "${!name:-}" ]] && fail "set $name or $file_name, not both"
  export "$name=$(<"${!file_name}")"
  unset "$file_name"
}

write_cookie() {
  local cookie="$home/.erlang.cookie"
  [[ -z "${RABBITMQ_ERLANG_COOKIE:-}" ]] && return 0
  if [[ "$(cat "$cookie" 2>/dev/null)" != "$RABBITMQ_ERLANG_COOKIE" ]]; then
    rm -f "$cookie"
    printf '%s' "$RABBITMQ_ERLANG_COOKIE" > "$cookie"
  fi
  chmod 0400 "$cookie"
  unset RABBITMQ_ERLANG_COOKIE
}

# The node's name decides its data folder. Erlang cannot start under a name that it cannot resolve, which happens in
# containers on a network without name service; one node on its own is as well off as `rabbit@localhost`.
choose_node_name() {
  [[ -n "${RABBITMQ_NODENAME:-}" ]] && return 0
  if getent hosts "$(hostname -s)" > /dev/null; then return 0; fi
  # In this file rather than in the environment, so that `docker exec … rabbitmqctl` finds the node as well.
  local file=/etc/rabbitmq/rabbitmq-env.conf
  if ! grep -q '^NODENAME=' "$file" 2> /dev/null; then echo 'NODENAME=rabbit@localhost' >> "$file"; fi
}

# Erlang reserves memory for every descriptor it may open: with an unlimited number that is gigabytes and seconds.
limit_descriptors() {
  local limit
  limit="$(ulimit -n)"
  if [[ "$limit" == unlimited || "$limit" -gt 262144 ]]; then ulimit -n 262144; fi
}

main() {
  if [[ "${1:-}" == rabbitmq* && "$(id -u)" == 0 ]]; then
    find "$home" \! -user rabbitmq -exec chown rabbitmq:rabbitmq '{}' +
    exec setpriv --reuid=rabbitmq --regid=rabbitmq --init-groups "$BASH_SOURCE" "$@"
  fi
  if [[ "${1:-}" == rabbitmq* ]]; then
    from_file RABBITMQ_DEFAULT_USER
    from_file RABBITMQ_DEFAULT_PASS
    from_file RABBITMQ_DEFAULT_VHOST
    from_file RABBITMQ_ERLANG_COOKIE
    write_cookie
    choose_node_name
    limit_descriptors
  fi
  exec "$@"
}

main "$@"
