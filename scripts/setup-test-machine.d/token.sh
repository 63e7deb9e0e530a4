#!/bin/sh
# The parts of the virtual token rig (test/support/token) on Debian 12, as root. May be run again at any time.
set -eu
cd "$(dirname "$0")/../.."

packages="opensc pcscd vsmartcard-vpcd softhsm2 gcc g++ make python3"
missing=""
for package in $packages; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q '^install ok installed$' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  apt-get update -q
  # shellcheck disable=SC2086 # one word per package
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing
fi

sh scripts/build-pkcs11js.sh
