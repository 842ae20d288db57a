#!/usr/bin/env bash
# zcbor is installed with a cbor2 that it cannot be imported with.
#
# Versions: zcbor 0.9.1, cbor2 6.3.0.
# Guess: what pip installs for a package is what the package runs with.
# Seen: zcbor asks for any cbor2, pip takes the newest, and `import zcbor` fails: cbor2 6 has no `CBORDecodeValueError`.
# With cbor2 5.8.0 it is imported.
# Why it matters: a program that needs cbor2 6 cannot use zcbor as a validator of CDDL in the same environment.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check zcbor==0.9.1 cbor2==6.3.0
"$work/venv/bin/pip" check --disable-pip-version-check
if "$work/venv/bin/python" -c 'import zcbor' 2>"$work/error"; then
    echo "zcbor is imported beside cbor2 6.3.0"
    exit 1
fi
tail -1 "$work/error"
grep -q CBORDecodeValueError "$work/error"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check cbor2==5.8.0
"$work/venv/bin/python" -c 'import zcbor'
