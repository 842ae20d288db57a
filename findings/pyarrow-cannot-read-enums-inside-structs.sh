#!/usr/bin/env bash
# A Parquet file with a dictionary inside a struct is read by `pyarrow.parquet.read_table`, and not by `ParquetFile`.
#
# Versions: pyarrow 26.0.1, polars 2.1.0.
# Guess: what pyarrow's writer writes its reader reads, whichever of its two doors one takes.
# Seen: with two row groups, `ParquetFile.read` and `iter_batches` raise ArrowNotImplementedError, "Nested data conversions
# not implemented for chunked array outputs", in the first call. `read_table` reads the file, and so does Polars. With one
# row group, or with the dictionary at the top, all of them do.
# Why it matters: a small sample of a file works, and the whole does not; and `iter_batches` is the only way to read a file
# that does not fit into memory. Read one row group at a time: `iter_batches(row_groups=[n])`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1 polars==2.1.0
"$work/venv/bin/python" - "$work/enums.parquet" <<'EOF'
import sys

import polars
import pyarrow as pa
import pyarrow.parquet as pq

path = sys.argv[1]
enum = pa.DictionaryArray.from_arrays(pa.array([0, 1], pa.int32()), pa.array(["low", "high"]))
table = pa.table({"meta": pa.StructArray.from_arrays([enum], ["priority"])})
with pq.ParquetWriter(path, table.schema) as writer:
    for _ in range(2):
        writer.write_table(table)

print("read_table:", pq.read_table(path).num_rows, "rows; polars:", polars.read_parquet(path).height, "rows")
assert pq.read_table(path).num_rows == polars.read_parquet(path).height == 4
with pq.ParquetFile(path) as file:
    one_by_one = [batch.num_rows for n in range(2) for batch in file.iter_batches(row_groups=[n])]
    print("iter_batches, one row group at a time:", one_by_one)
    assert one_by_one == [2, 2]
    for name, read in (("read", file.read), ("iter_batches", lambda: list(file.iter_batches()))):
        try:
            read()
        except pa.ArrowNotImplementedError as error:
            print(f"{name}:", error)
        else:
            raise SystemExit(f"{name} reads it now")
EOF
