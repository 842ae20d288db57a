#!/usr/bin/env bash
# A timestamp with a seventh digit lies in 2026 for three readers and in 2027 for the fourth.
#
# Versions: msgspec 0.23.0, pydantic 2.14.4, cbor2 6.3.0, CPython's datetime.
# Guess: readers that keep microseconds cut further digits of a fraction, as CPython, pydantic and cbor2 do.
# Seen: msgspec rounds half up. 2026-12-31T23:59:59.9999999Z becomes 2027-01-01T00:00:00Z, the time 23:59:59.9999999
# becomes 00:00:00 (a day earlier), and the last such moment of the year 9999 is refused as invalid RFC 3339.
# Why it matters: Rust, Go, Java and C# write seven to nine digits. Two services that read one message with different
# libraries put it on different days, and "not later than now" checks fail for messages sent within the same microsecond.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.23.0 pydantic==2.14.4 cbor2==6.3.0
"$work/venv/bin/python" - <<'EOF'
import datetime as dt

import cbor2
import msgspec
import pydantic

TEXT = "2026-12-31T23:59:59.9999999Z"
last = dt.datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=dt.timezone.utc)
seen = {
    "datetime": dt.datetime.fromisoformat(TEXT),
    "pydantic": pydantic.TypeAdapter(dt.datetime).validate_json(f'"{TEXT}"'),
    "cbor2": cbor2.loads(cbor2.dumps(cbor2.CBORTag(0, TEXT))),
    "msgspec": msgspec.json.decode(f'"{TEXT}"', type=dt.datetime),
}
for name, value in seen.items():
    print(f"{name:9} {value.isoformat()}")
time = msgspec.json.decode(b'"23:59:59.9999999"', type=dt.time)
print(f"msgspec, as a time: {time}")
try:
    msgspec.json.decode(b'"9999-12-31T23:59:59.9999999Z"', type=dt.datetime)
    refused = False
except msgspec.ValidationError as error:
    print(f"msgspec, in the year 9999: {error}")
    refused = True
assert [value == last for value in seen.values()] == [True, True, True, False]
assert seen["msgspec"].year == 2027
assert time == dt.time(0) and refused
EOF
