#!/bin/bash
# Serves the cluster's object store, S3-compatible, on port 7480 until it is stopped.
set -euo pipefail

keyring=/var/lib/ceph/keyrings/client.gateway
[ -s "$keyring" ] || ceph auth get-or-create client.gateway mon 'allow rw' osd 'allow rwx' > "$keyring"
# One zone that no other follows: nothing has to be written down for it.
exec eatmydata radosgw -f --name client.gateway --rgw_frontends 'beast endpoint=0.0.0.0:7480' \
  --rgw_run_sync_thread=false --rgw_enable_usage_log=false
