#!/usr/bin/env bash
# cddl-verifier no longer checks a named range, or an array, that has a default.
#
# Versions: cddl-verifier 1.5.3, cbor2 6.3.0.
# Guess: `.default` says what stands for a missing entry; one that is there is checked as without it (RFC 8610, 3.8.6).
# Seen: with `u8 = 0..255`, `? "x": u8` refuses 300, and so do `0..255` and `(u8)` with `.default 3`; `u8 .default 3` takes
# 300. `([* int]) .default nil` takes true.
# Why it matters: it is the way a schema with names for its ranges is written, and nothing says that a rule is passed over.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check cddl-verifier==1.5.3 cbor2==6.3.0
"$work/venv/bin/python" - <<'PY'
import logging

import cbor2
from cddl_verifier import Validator

logging.disable()
data = {"x": 300}
taken = {
    said: bool(Validator(f'a = {{? "x": {said}}}\nu8 = 0..255').validate(cbor2.dumps(data)))
    for said in ("u8", "(u8) .default 3", "(0..255) .default 3", "u8 .default 3")
}
for said, is_taken in taken.items():
    print(f'{said:22} {data}: {"taken" if is_taken else "refused"}')
assert taken == {"u8": False, "(u8) .default 3": False, "(0..255) .default 3": False, "u8 .default 3": True}
assert Validator('a = {? "x": ([* int]) .default nil}').validate(cbor2.dumps({"x": True}))
PY
