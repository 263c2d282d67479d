#!/bin/bash
# Starts a Ceph of one mon, mgr, osd and mds with its data in /var/lib/ceph, made anew when there is none or a first start
# was interrupted. A daemon that ends is started again; /var/lib/ceph/ready says that CephFS can be mounted.
set -euo pipefail

data=/var/lib/ceph
made=$data/made
ready=/run/ceph-ready

say() { echo "$(date +%T) $*"; }

# What a client may do: r and w files, p set quotas, s make snapshots. The mount that tenants' files are bound from must not
# have the last two: whoever owns a directory there could raise its quota by himself.
make_clients() {
  ceph fs authorize cephfs client.platform / rwps > "$data/keyrings/client.platform"
  ceph fs authorize cephfs client.tenants / rw > "$data/keyrings/client.tenants"
}

write_configuration() {
  [ -e "$data/fsid" ] || cat /proc/sys/kernel/random/uuid > "$data/fsid"
  sed -e "s/@FSID@/$(cat "$data/fsid")/" -e "s/@OSD_BYTES@/${OSD_BYTES:-4294967296}/" \
    /usr/local/lib/saasodoo/ceph.conf > "$data/ceph.conf"
}

make_mon() {
  mkdir -p "$data/keyrings" "$data/mon" "$data/osd"
  ceph-authtool --create-keyring "$data/keyrings/mon.a" --gen-key -n mon. --cap mon 'allow *'
  ceph-authtool --create-keyring "$data/keyrings/client.admin" --gen-key -n client.admin \
    --cap mon 'allow *' --cap osd 'allow *' --cap mds 'allow *' --cap mgr 'allow *'
  ceph-authtool "$data/keyrings/mon.a" --import-keyring "$data/keyrings/client.admin"
  ceph-mon --mkfs -i a --keyring "$data/keyrings/mon.a"
}

make_osd() {
  local uuid
  uuid=$(cat /proc/sys/kernel/random/uuid)
  ceph osd new "$uuid" 0
  ceph auth get-or-create osd.0 mon 'allow profile osd' mgr 'allow profile osd' osd 'allow *' \
    > "$data/keyrings/osd.0"
  ceph-osd -i 0 --mkfs --osd-uuid "$uuid"
}

make_keys() {
  ceph auth get-or-create mgr.a mon 'allow profile mgr' osd 'allow *' mds 'allow *' > "$data/keyrings/mgr.a"
  ceph auth get-or-create mds.a mon 'allow profile mds' mgr 'allow profile mds' osd 'allow *' mds 'allow *' \
    > "$data/keyrings/mds.a"
}

make_filesystem() {
  ceph osd pool create metadata
  ceph osd pool create data
  ceph fs new cephfs metadata data
}

# One at a time as long as the container lives. Nothing is forced to the disk: what is written survives every process, though
# not the machine, and writes do not wait for a disk that tests share with everything else.
keep() {
  (while :; do
    eatmydata "$@" || true
    say "$1 ended; starting it again"
    sleep 0.5
  done) &
}

until_true() {
  for _ in $(seq 1 600); do
    if "$@"; then return 0; fi
    sleep 0.2
  done
  say "gave up waiting for: $*"
  ceph -s || true
  return 1
}

mds_is_active() { ceph mds stat 2> /dev/null | grep -q 'up:active'; }

trap 'kill $(jobs -p) 2> /dev/null; pkill -TERM ceph- || true; exit 0' TERM INT

mkdir -p /run/ceph
rm -f "$ready"
if [ ! -e "$made" ]; then
  find "$data" -mindepth 1 -delete
  write_configuration
  make_mon
else
  write_configuration
fi
keep ceph-mon -f -i a
if [ ! -e "$made" ]; then
  make_keys
  make_osd
else
  # The one of the last start is still believed to be active.
  ceph mds fail 0
fi
keep ceph-mgr -f -i a
keep ceph-osd -f -i 0
keep ceph-mds -f -i a
if [ ! -e "$made" ]; then
  make_filesystem
  make_clients
  touch "$made"
fi
until_true mds_is_active
touch "$ready"
say 'CephFS can be mounted'
wait
