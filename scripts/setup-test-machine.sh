#!/usr/bin/env bash
# What the tests need beside npm packages, on Debian 12, as root: Chromium, the PKCS#11 rig, PostgreSQL, fonts.
# May be run again at any time. Parts with a procedure of their own are in setup-test-machine.d; Wine 10 (from Debian
# trixie, for the agent's Windows executable) will be one of them.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(chromium fonts-dejavu-core opensc pcscd vsmartcard-vpcd softhsm2 wixl osslsigncode postgresql gcc make)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  if [ "$(id -u)" -ne 0 ]; then
    echo "Run this as root: it installs ${missing[*]}." >&2
    exit 1
  fi
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
for script in scripts/setup-test-machine.d/*.sh; do bash "$script"; done
