#!/usr/bin/env bash
# pyarrow casts an extension array over views to text, and gives bytes of memory that are no text of the array.
#
# Versions: pyarrow 26.0.1.
# Guess: a cast of an extension array casts its storage, or says that it cannot.
# Seen: an `arrow.json` column that is stored as `string_view`, as Polars gives it, becomes `large_string` without an error.
# Its offsets and its characters are those of the views' own structures: not one text is right, and some are no UTF-8.
# The same cast of the array's storage is right.
# Why it matters: nothing is raised until somebody looks at a value, or validates the array in full; a text that happens
# to be valid is passed on as data. Take the storage first, and cast that.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1
"$work/venv/bin/python" - <<'EOF'
import pyarrow as pa

texts = ["1", "22", '"a text of more than twelve bytes"']
stored = pa.array(texts, pa.string_view())
array = pa.ExtensionArray.from_storage(pa.json_(pa.string_view()), stored)
array.validate(full=True)
print("the storage, cast:", stored.cast(pa.large_string()).to_pylist())
assert stored.cast(pa.large_string()).to_pylist() == texts

cast = array.cast(pa.large_string())  # no error
try:
    cast.validate(full=True)
except pa.ArrowInvalid as error:
    print("the array, cast:", error)
else:
    raise SystemExit("the cast is valid now")
EOF
