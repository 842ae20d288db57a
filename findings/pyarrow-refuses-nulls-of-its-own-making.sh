#!/usr/bin/env bash
# pyarrow writes a null struct with a required field to Parquet, or refuses it: it depends on how the struct was made.
#
# Versions: pyarrow 26.0.1.
# Guess: what stands in a child array under a null of its parent does not count, as Arrow's format says, so a null struct
# whose field is declared `nullable=False` can be written.
# Seen: a table made of `{"x": 1}` and `None` is written. The same table made by `take` with a null index, equal to the
# first and valid in full, is refused: "Column 'x' is declared non-nullable but contains nulls".
# Why it matters: filters, joins and `take` put nulls into children. A schema with required fields inside optional structs
# then fails at the last step, on some data, although each array is valid and equal to one that works.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1
"$work/venv/bin/python" - <<'EOF'
import io

import pyarrow as pa
import pyarrow.parquet as pq

kind = pa.struct([pa.field("x", pa.int64(), nullable=False)])
schema = pa.schema([pa.field("s", kind)])
made = pa.table({"s": pa.array([{"x": 1}, None], kind)}, schema=schema)
taken = pa.table({"s": made["s"].take(pa.array([0, None]))}, schema=schema)
for table in (made, taken):
    table.validate(full=True)
assert made.equals(taken)

pq.write_table(made, io.BytesIO())
print("made of objects: written")
try:
    pq.write_table(taken, io.BytesIO())
except pa.ArrowInvalid as error:
    print("taken, and equal:", error)
else:
    raise SystemExit("the equal table is written now")
EOF
