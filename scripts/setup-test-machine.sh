#!/usr/bin/env bash
# What the tests need beside npm packages, on Debian, as root: Chromium, the PKCS#11 rig, PostgreSQL, fonts.
set -euo pipefail
cd "$(dirname "$0")/.."

packages=(chromium fonts-dejavu-core opensc pcscd vsmartcard-vpcd softhsm2 wixl osslsigncode postgresql gcc make)
missing=()
for package in "${packages[@]}"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
done
if [ "${#missing[@]}" -gt 0 ]; then
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends "${missing[@]}"
fi
for script in scripts/setup-test-machine.d/*.sh; do
  if [ -e "$script" ]; then bash "$script"; fi
done
