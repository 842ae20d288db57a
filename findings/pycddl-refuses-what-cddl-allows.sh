#!/usr/bin/env bash
# pycddl refuses every value of a range below zero, of a range of floats, and of a tuple with a choice in it.
#
# Versions: pycddl 0.6.4, cddl-verifier 1.5.3, cbor2 6.3.0.
# Guess: a validator of CDDL takes the examples of RFC 8610, or says when the schema is made that it knows a part not.
# Seen: the schemas are taken, and then all data is refused: `-128..127` ("upper and lower values must be uint types"),
# `0.0..1.0`, `[int, (tstr / nil)]`, `number` for a float, `{* (tstr .size (1..2)) => int}` even for an empty map.
# `{}` takes any map, `int` takes 2**64, `.regexp` finds its expression anywhere in a text, where RFC 8610 says that it is
# the whole text. cddl-verifier, in pure Python, is right in each case.
# Why it matters: signed integers, fractions and optional items are everyday. Generated schemas have to say them in
# another way: `(int .ge -128) .and (int .le 127)` is taken by both.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pycddl==0.6.4 cddl-verifier==1.5.3 cbor2==6.3.0
"$work/venv/bin/python" - <<'PY'
import logging

import cbor2
import pycddl
from cddl_verifier import Validator

logging.disable()
CASES = [
    ("a = -128..127", 0, True),
    ("a = 0.0..1.0", 0.5, True),
    ("a = [int, (tstr / nil)]", [1, "x"], True),
    ("a = number", 1.5, True),
    ("a = {* (tstr .size (1..2)) => int}", {}, True),
    ("a = {}", {"x": 1}, False),
    ("a = int", 2**64, False),
    ('a = tstr .regexp "[a-z]+"', "a1", False),
]


def takes(schema, data):
    try:
        pycddl.Schema(schema).validate_cbor(data)
    except pycddl.ValidationError:
        return False
    return True


for schema, value, expected in CASES:
    data = cbor2.dumps(value)
    found, other = takes(schema, data), bool(Validator(schema).validate(data))
    print(f"{schema:36} {value!r:22} valid: {expected!s:5}  pycddl: {found!s:5}  cddl-verifier: {other}")
    assert found is not expected
    assert other is expected
assert takes("a = (int .ge -128) .and (int .le 127)", cbor2.dumps(-128))
PY
