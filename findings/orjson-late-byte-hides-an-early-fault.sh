#!/usr/bin/env bash
# A character that is cut at the end of a document hides every fault before it from users of orjson.
#
# Versions: orjson 3.13.0, msgspec 0.23.0.
# Guess: a parser reports the first fault, as json and msgspec do; what follows it plays no part.
# Seen: orjson checks the whole input for UTF-8 before it parses. A syntax fault in byte 3 is reported as "str is not valid
# UTF-8: surrogates not allowed" at position 0, if a character of two or more bytes is cut at the end.
# Why it matters: messages cut off by a buffer, and windows of a document that is read in parts, often end inside a
# character. The report then names neither the fault nor the cut, and surrogates, which the input does not hold. A tool
# that looks for the place of a fault in a part of a document has to end the part between two characters.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check orjson==3.13.0 msgspec==0.23.0
"$work/venv/bin/python" - <<'EOF'
import json

import msgspec
import orjson

text = '[1 2, "' + "x" * 50 + "é"
whole, cut = text.encode(), text.encode()[:-1]


def orjson_says(data):
    try:
        orjson.loads(data)
    except orjson.JSONDecodeError as error:
        return error.pos, error.msg


def msgspec_says(data):
    try:
        msgspec.json.decode(data)
    except msgspec.DecodeError as error:
        return str(error)


print("orjson, whole characters:", orjson_says(whole))
print("orjson, the last one cut:", orjson_says(cut))
print("msgspec, the last one cut:", msgspec_says(cut))
assert orjson_says(whole)[0] == 3
assert orjson_says(cut) == (0, "str is not valid UTF-8: surrogates not allowed")
assert "byte 3" in msgspec_says(cut)
EOF
