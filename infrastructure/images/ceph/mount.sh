#!/bin/bash
# Mounts CephFS on the directory $1 as the client $2 until it is stopped, then unmounts it.
set -euo pipefail

mkdir -p "$1"
exec ceph-fuse -f --name "client.$2" "$1"
