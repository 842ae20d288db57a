#!/usr/bin/env bash
# msgspec cannot read what it wrote of an attrs class with a private field.
#
# Versions: msgspec 0.23.0, attrs 26.1.0, cattrs 26.2.1.
# Guess: a field `_token` of an attrs class is written under `token` (its name in __init__) or `_token`, and read from the
# same name.
# Seen: msgspec leaves fields with a leading underscore out when it encodes, and requires them, as `_token`, when it
# decodes. So its own output is refused with "Object missing required field `_token`"; with a default the value is lost
# without a word. cattrs writes and reads `_token`.
# Why it matters: attrs itself recommends private fields for state that the constructor takes. A class that works with
# cattrs loses data when the codec is replaced by msgspec for speed.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.23.0 attrs==26.1.0 cattrs==26.2.1
"$work/venv/bin/python" - <<'EOF'
import attrs
import cattrs
import msgspec


@attrs.define
class Session:
    user: str
    _token: str


@attrs.define
class Counter:
    name: str
    _count: int = 0


session = Session("ada", token="s3")
data = msgspec.json.encode(session)
print("msgspec writes", data.decode())
try:
    msgspec.json.decode(data, type=Session)
    refused = ""
except msgspec.ValidationError as error:
    refused = str(error)
print("msgspec reads that:", refused)
counter = msgspec.json.decode(msgspec.json.encode(Counter("x", count=7)), type=Counter)
print("with a default:", counter)
print("cattrs writes", cattrs.unstructure(session))
assert data == b'{"user":"ada"}'
assert refused == "Object missing required field `_token`"
assert counter == Counter("x", count=0)
assert msgspec.json.decode(b'{"user":"ada","_token":"s3"}', type=Session) == session
assert cattrs.unstructure(session) == {"user": "ada", "_token": "s3"}
EOF
