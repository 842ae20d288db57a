#!/usr/bin/env bash
# One integer of 64 bits without a sign turns all integers of its column into rounded floats in pyarrow's NDJSON reader.
#
# Versions: pyarrow 26.0.1, duckdb 2.0.1, polars 2.1.0.
# Guess: integers of 2**63 and more become uint64, a decimal, or an error; other rows are not touched. DuckDB and Polars
# infer a type of 128 bits and keep every digit.
# Seen: pyarrow.json.read_json infers double for the whole column of a block. 9007199254740993 in one row becomes
# 9007199254740992 because another row holds 18446744073709551615, and neither is reported. With a schema of int64 it
# refuses the large one, with uint64 it reads both.
# Why it matters: hashes, snowflake ids and counters of Rust and Go are u64, and half of random ones are above 2**63.
# Joins on ids that were rounded match other rows. Whether it happens depends on the values that are there that day.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check pyarrow==26.0.1 duckdb==2.0.1 polars==2.1.0
"$work/venv/bin/python" - "$work" <<'EOF'
import sys

import duckdb
import polars
import pyarrow
import pyarrow.json

IDS = [9007199254740993, 9007199254740995, 18446744073709551615]
path, without = f"{sys.argv[1]}/ids.ndjson", f"{sys.argv[1]}/without.ndjson"
for name, ids in ((path, IDS), (without, IDS[:2])):
    with open(name, "w") as file:
        file.writelines(f'{{"id":{number}}}\n' for number in ids)
read = pyarrow.json.read_json
table, exact = read(path), read(without)
print("pyarrow, without the large one:", exact.schema.field("id").type, exact["id"].to_pylist())
print("pyarrow, with it:", table.schema.field("id").type, [f"{number:.0f}" for number in table["id"].to_pylist()])


def given(kind):
    return pyarrow.json.ParseOptions(explicit_schema=pyarrow.schema([("id", kind)]))


right = read(path, parse_options=given(pyarrow.uint64()))["id"].to_pylist()
try:
    read(path, parse_options=given(pyarrow.int64()))
    refused = False
except pyarrow.ArrowInvalid as error:
    print("pyarrow, int64 given:", error)
    refused = True
others = [[int(row[0]) for row in duckdb.sql(f"SELECT id FROM '{path}'").fetchall()], polars.read_ndjson(path)["id"].to_list()]
print("duckdb, polars:", *others)
assert exact["id"].to_pylist() == IDS[:2]
assert table.schema.field("id").type == pyarrow.float64()
assert [int(number) for number in table["id"].to_pylist()[:2]] == [9007199254740992, 9007199254740996]
assert right == IDS and refused
assert others == [IDS, IDS]
EOF
