#!/bin/sh
# Makes .venv hold what requirements.lock names, each package checked by its hash, and Daybook itself, editable.
# make runs it when it is due; PYTHON says which interpreter to build on.
set -eu

python=${PYTHON:-python3}
recent='import sys; sys.exit(sys.version_info < (3, 11))'

fail() {
    echo "daybook: $1" >&2
    exit 1
}

command -v "$python" >/dev/null ||
    fail "there is no $python here. Install Python 3.11 or newer, or name yours: make PYTHON=python3.12 ..."
"$python" -c "$recent" ||
    fail "Python 3.11 or newer is needed, and $python is $("$python" -V 2>&1). Name a newer one: make PYTHON=python3.12 ..."

echo "Setting up .venv with $("$python" -V 2>&1); the first time takes a few minutes ..."

# Debian has venv without ensurepip unless python3-venv is installed; the system's pip can then fill the environment.
.venv/bin/python -c "$recent" 2>/dev/null ||
    "$python" -m venv --clear .venv >/dev/null 2>&1 ||
    "$python" -m venv --clear --without-pip .venv ||
    fail "$python cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv"

pip() {
    if .venv/bin/python -m pip --version >/dev/null 2>&1; then
        .venv/bin/python -m pip "$@"
    else
        "$python" -m pip --python .venv/bin/python "$@"
    fi
}

pip --version >/dev/null 2>&1 || fail "$python has no pip. On Debian and Ubuntu: apt install python3-venv python3-pip"

install() {
    pip install -qq --no-input --disable-pip-version-check --root-user-action=ignore "$@" ||
        fail "pip could not install what .venv needs; its words are above. Once that is mended, run make again."
}

install --require-hashes --requirement requirements.lock
install --no-deps --no-build-isolation --editable .
mkdir -p .venv/run
chmod 700 .venv/run
touch .venv/ready
