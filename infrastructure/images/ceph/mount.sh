#!/bin/bash
# Mounts CephFS on the directory $1 as the client $2 until it is stopped, then unmounts it.
set -euo pipefail

mkdir -p "$1"
# A client that died here holds what it had open until its session ends, and a new one would wait a minute for it.
ceph tell mds.a client evict "client_metadata.mount_point=$1" 2> /dev/null || echo "nobody to evict from $1"
exec ceph-fuse -f --name "client.$2" "$1"
