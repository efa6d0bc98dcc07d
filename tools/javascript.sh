#!/bin/sh
# Puts what the tests ask of JavaScript into .venv/javascript, each package checked by its hash, where npm is there to
# do it. Without it the tests that need it are skipped, and say why.
set -eu

place=.venv/javascript
mkdir -p "$place"
cp tests/javascript/package.json tests/javascript/package-lock.json "$place"
if ! command -v npm >/dev/null; then
    echo "daybook: there is no npm here, so no JavaScript library will judge the signatures."
elif ! npm ci --prefix "$place" --ignore-scripts --no-audit --no-fund --silent; then
    echo "daybook: npm could not install tests/javascript, so no JavaScript library will judge the signatures."
    exit 0 # and the next run tries again
fi
touch "$place/ready"
