#!/bin/sh
# Rewrites requirements.lock: what pyproject.toml asks for, for every platform and Python from 3.11, each by its hash.
# Arguments go to uv, such as --upgrade, or --upgrade-package litestar; without them versions move only where they must.
set -eu

if command -v uv >/dev/null; then
    uv=uv
elif [ -x .venv/bin/uv ]; then
    uv=.venv/bin/uv
else
    echo "make lock needs uv, which nothing else here does. Put it beside the rest: .venv/bin/python -m pip install uv" >&2
    exit 1
fi

"$uv" pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
    --no-header --no-annotate --quiet --output-file requirements.lock "$@"
