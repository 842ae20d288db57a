#!/usr/bin/env bash
# Small documents of orjson that are kept take four kilobytes of memory each, whatever their length.
#
# Versions: orjson 3.13.0.
# Guess: a `bytes` of five digits takes what `sys.getsizeof` says, 38 bytes, and a list of 100,000 of them some megabytes.
# Seen: orjson writes into a large buffer and cuts it down to the document. The allocator cannot give the rest to the next
# buffer, which is as large, so the process grows by a page for each. The same bytes, copied, take 60.
# Why it matters: a list of encoded values (a batch, a queue, a cache, a column of JSON) takes a hundred times its size,
# and the time for fresh pages of memory: `[orjson.dumps(n) for n in numbers]` takes many times as long as with
# `.decode()` behind each call. Decode or copy what is kept: `bytes(bytearray(document))`, or join documents as they come.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check orjson==3.13.0
"$work/venv/bin/python" - <<'EOF'
import os
import sys

import orjson

COUNT = 100_000
PAGE = os.sysconf("SC_PAGE_SIZE")


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * PAGE


def taken_by(make):
    before = resident()
    kept = [make(number) for number in range(COUNT)]
    return (resident() - before) / COUNT, sum(map(sys.getsizeof, kept)) / COUNT


copied, size = taken_by(lambda number: bytes(bytearray(orjson.dumps(number))))
print(f"copied: {copied:.0f} bytes of memory for each document of {size:.0f}")
kept, size = taken_by(orjson.dumps)
print(f"as orjson returns them: {kept:.0f} bytes of memory for each document of {size:.0f}")
assert copied < 200
assert kept > 900
EOF
