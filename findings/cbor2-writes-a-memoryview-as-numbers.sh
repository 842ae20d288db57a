#!/usr/bin/env bash
# The same memoryview is a byte string for three writers and an array of numbers for cbor2.
#
# Versions: cbor2 6.3.0, msgpack 1.2.4, msgspec 0.23.0.
# Guess: bytes, bytearray and memoryview are written alike, as byte strings, by writers of binary formats.
# Seen: cbor2 writes bytes and bytearray as byte strings, and a memoryview as an array with one integer for each byte: it
# is a Sequence. What comes back is a list, and each byte of 24 and more takes two. msgpack and msgspec write a byte string.
# Why it matters: code that avoids copies passes memoryviews. A payload of random bytes grows by nine tenths, and a reader
# that expects a byte string, such as Rust's serde_bytes, refuses it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check cbor2==6.3.0 msgpack==1.2.4 msgspec==0.23.0
"$work/venv/bin/python" - <<'EOF'
import cbor2
import msgpack
import msgspec

payload = bytes(range(256)) * 4
view = memoryview(payload)
sizes = {}
for name, write, read in (
    ("cbor2", cbor2.dumps, cbor2.loads),
    ("msgpack", msgpack.packb, msgpack.unpackb),
    ("msgspec", msgspec.msgpack.encode, msgspec.msgpack.decode),
):
    sizes[name] = [len(write(value)) for value in (payload, bytearray(payload), view)]
    print(f"{name:8} bytes, bytearray, memoryview: {sizes[name]} bytes; the last reads as {type(read(write(view))).__name__}")
assert sizes["msgpack"] == sizes["msgspec"] == [1027] * 3
assert sizes["cbor2"][:2] == [1027, 1027]
assert sizes["cbor2"][2] == 3 + 1024 + 4 * (256 - 24)
assert cbor2.loads(cbor2.dumps(view)) == list(payload)
EOF
