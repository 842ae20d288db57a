#!/usr/bin/env bash
# Four JSON writers move a historic moment by up to half a minute, and they do not agree where to.
#
# Versions: orjson 3.13.0, msgspec 0.23.0, pydantic 2.14.4, cbor2 6.3.0.
# Guess: an aware datetime survives a round trip as the same moment, or it is refused.
# Seen: the offset of Amsterdam in 1930 was +01:19:32. RFC 3339 has no seconds in offsets. orjson and msgspec write +01:20
# beside the unchanged wall time, pydantic writes +01:19: the moment moves by 28 s one way or 32 s the other, without a
# word. cbor2 writes tag 0 with "+01:19:32", which RFC 3339, and so RFC 8949, does not allow. In MessagePack, msgspec
# itself writes the moment and is exact.
# Why it matters: zoneinfo gives such offsets for every zone before standard time (local mean time), for instance for
# datetime(1, 1, 1) as a "beginning of time". msgspec and pydantic refuse the text that cbor2 writes.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check orjson==3.13.0 msgspec==0.23.0 pydantic==2.14.4 cbor2==6.3.0 tzdata==2025.2
"$work/venv/bin/python" - <<'EOF'
import datetime as dt
import zoneinfo

import cbor2
import msgspec
import orjson
import pydantic

moment = dt.datetime(1930, 6, 1, 12, tzinfo=zoneinfo.ZoneInfo("Europe/Amsterdam"))
model = pydantic.TypeAdapter(dt.datetime)
written = {
    "orjson": orjson.dumps(moment),
    "msgspec": msgspec.json.encode(moment),
    "pydantic": model.dump_json(moment),
}
moved = {}
for name, data in written.items():
    moved[name] = (dt.datetime.fromisoformat(data.decode().strip('"')) - moment).total_seconds()
    print(f"{name:9} {data.decode()}  moves it by {moved[name]:+.0f} s")
tagged = cbor2.dumps(moment)
refusals = 0
for read in (lambda text: msgspec.json.decode(text, type=dt.datetime), model.validate_json):
    try:
        read(f'"{tagged[3:].decode()}"')
    except ValueError:
        refusals += 1
print(f"cbor2     {tagged[3:].decode()}")
packed = msgspec.msgpack.decode(msgspec.msgpack.encode(moment), type=dt.datetime)
print(f"msgspec in MessagePack: {packed.isoformat()}")
assert moment.isoformat() == "1930-06-01T12:00:00+01:19:32"
assert moved == {"orjson": -28.0, "msgspec": -28.0, "pydantic": 32.0}
assert tagged.endswith(b"+01:19:32")
assert packed == moment
assert refusals == 2
EOF
