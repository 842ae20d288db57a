#!/usr/bin/env bash
# A key that first appears in line 101 of NDJSON is gone in Polars, without a word.
#
# Versions: polars 2.1.0, pyarrow 26.0.1, duckdb 2.0.1.
# Guess: a reader of NDJSON that meets a key which its inferred schema lacks adds a column or refuses the line: pyarrow
# does the first, DuckDB the second, beyond its sample.
# Seen: read_ndjson infers the schema from the first 100 lines, by default, and leaves out every key that none of them
# has. The rows are there, the values are not, and nothing says so; ignore_errors is False. Beyond the same lines a text
# in a column of integers is an error, so mistakes of types are found and losses are not.
# Why it matters: rare fields (an error, a retry count, a field of a new version) are the ones that come late, and the
# ones that somebody looks for. The count of rows is right, so a check of that sees nothing. infer_schema_length=None
# reads them.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0 pyarrow==26.0.1 duckdb==2.0.1
"$work/venv/bin/python" - "$work" <<'EOF'
import json
import sys

import duckdb
import polars
import pyarrow.json


def written(name, usual, last):
    path = f"{sys.argv[1]}/{name}.ndjson"
    with open(path, "w") as file:
        file.writelines(json.dumps({"id": number}) + "\n" for number in range(usual))
        file.write(json.dumps(last) + "\n")
    return path


path = written("late", 100, {"id": 100, "error": "disk full"})
rows = polars.read_ndjson(path)
print("polars:", rows.shape, rows.columns, rows.row(-1))
everything = polars.read_ndjson(path, infer_schema_length=None)
print("polars, infer_schema_length=None:", everything.columns, everything.row(-1))
table = pyarrow.json.read_json(path)
print("pyarrow:", table.column_names, table.slice(100).to_pylist())
try:
    duckdb.sql(f"SELECT * FROM '{written('later', 100_000, {'id': 1, 'error': 'disk full'})}'").fetchall()
    refused = ""
except duckdb.Error as error:
    refused = str(error)
print("duckdb, 100,000 lines:", refused.splitlines()[0])
try:
    polars.read_ndjson(written("text", 100, {"id": "x"}))
    found = False
except polars.exceptions.ComputeError as error:
    print("polars, a text among integers:", error)
    found = True
assert rows.shape == (101, 1) and rows.columns == ["id"]
assert everything.row(-1) == (100, "disk full")
assert table.slice(100).to_pylist() == [{"id": 100, "error": "disk full"}]
assert 'unknown key "error"' in refused
assert found
EOF
