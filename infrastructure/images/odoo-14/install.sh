#!/bin/sh
# Bullseye is past its regular support: mirrors list security updates whose files some of them no longer carry. The
# updates are taken where all of them can be had, otherwise the packages as they were released.
set -eu

apt-get update
if ! apt-get install -y --no-install-recommends "$@"; then
  sed -i '/security/d' /etc/apt/sources.list
  apt-get update
  apt-get install -y --no-install-recommends "$@"
fi
