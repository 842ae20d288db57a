#!/usr/bin/env bash
# cbor2 writes each Decimal, and two kinds of them come back as something else.
#
# Version: cbor2 6.3.0.
# Guess: what cbor2 writes of a Decimal it reads as an equal Decimal with the same sign.
# Seen: NaN, sNaN and the infinities are written as half floats and come back as `float`, so that Decimal arithmetic with
# them raises TypeError. -0 and -0.00 come back as 0 and 0.00: tag 4 holds an integer mantissa, which has no negative zero.
# Why it matters: amounts are rounded to -0.00 every day, and str(), copysign and is_signed then differ at the other end.
# A NaN that marks "no price" changes its class on the way, and the failure comes later, in the first sum.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check cbor2==6.3.0
"$work/venv/bin/python" - <<'EOF'
from decimal import Decimal

import cbor2

rows = [(value, cbor2.loads(cbor2.dumps(value))) for value in map(Decimal, ("1.10", "-0", "-0.00", "NaN", "-Infinity"))]
for value, back in rows:
    print(f"{value!r:22} {cbor2.dumps(value).hex():14} {back!r}")
assert rows[0][1].as_tuple() == rows[0][0].as_tuple()
assert [str(back) for _, back in rows[1:3]] == ["0", "0.00"]
assert [type(back) for _, back in rows[3:]] == [float, float]
try:
    rows[3][1] + Decimal(1)
    raised = False
except TypeError as error:
    print(error)
    raised = True
assert raised
EOF
