"""DuckDB and Polars read tables of `symphony_codecs.arrow`, and their own results are read back."""

from __future__ import annotations

import datetime as dt
import decimal
import enum
import uuid

from pathlib import Path
from typing import Any, Literal

import attrs
import pytest

from symphony_types import U64, U128, Duration, JsonRpcRequest, JsonValue, MessageEnvelope, ProcessId, Timestamp


duckdb = pytest.importorskip("duckdb", reason="the extra test-peers has it")
polars = pytest.importorskip("polars", reason="the extra test-peers has it")
pytest.importorskip("pyarrow", reason="the extra test-peers has it")

from symphony_codecs.arrow import (  # noqa: E402 - cannot be imported without pyarrow
    from_batches,
    join_parts,
    to_batches,
    write_parquet,
    write_part,
)


pytestmark = pytest.mark.peers


class Color(enum.Enum):
    """An enum of strings."""

    RED = "red"
    BLUE = "blue"


@attrs.frozen
class Circle:
    """A member of unions."""

    radius: float


@attrs.frozen
class Dot:
    """Another member, without fields."""


@attrs.frozen
class Cat:
    """A member of another union."""

    lives: int
    kind: Literal["cat"] = "cat"


@attrs.frozen
class Dog:
    """The second member of that union."""

    name: str
    kind: Literal["dog"] = "dog"


@attrs.frozen(kw_only=True)
class Row:
    """A column of each kind."""

    number: int
    large: U64
    wide: U128
    price: decimal.Decimal
    text: str | None = None
    data: bytes = b""
    identity: uuid.UUID
    process: ProcessId | None = None
    color: Color
    colors: list[Color] = attrs.Factory(list)
    when: Timestamp
    took: Duration
    span: dt.timedelta
    moment: dt.datetime
    day: dt.date
    pair: tuple[int, str]
    counts: dict[str, int] = attrs.Factory(dict)
    nested: list[list[int | None] | None] = attrs.Factory(list)
    shape: Circle | Dot
    pet: Cat | Dog | None = None
    value: JsonValue = None
    nothing: None = None


_ZONE = dt.timezone(dt.timedelta(hours=2))
ROWS = [
    Row(
        number=-1,
        large=2**64 - 1,
        wide=2**128 - 1,
        price=decimal.Decimal("1.10"),
        text="é",
        data=b"\xff\x00",
        identity=uuid.UUID(int=2**127 + 5),
        process=ProcessId(uuid.UUID(int=3)),
        color=Color.BLUE,
        colors=[Color.RED, Color.BLUE],
        when=Timestamp.parse("2024-01-02T03:04:05.123456789Z"),
        took=Duration(3, 7),
        span=dt.timedelta(days=-1, microseconds=1),
        moment=dt.datetime(2024, 1, 2, 3, 4, 5, 6, _ZONE),
        day=dt.date(2024, 2, 29),
        pair=(1, "a"),
        counts={"a": 1, "b": 2},
        nested=[[1, None], None, []],
        shape=Circle(1.5),
        pet=Cat(9),
        value={"a": [1, 1.5, None, "x"]},
    ),
    Row(
        number=2,
        large=0,
        wide=0,
        price=decimal.Decimal("-0"),
        identity=uuid.UUID(int=0),
        color=Color.RED,
        when=Timestamp(0),
        took=Duration(0, 0),
        span=dt.timedelta(0),
        moment=dt.datetime(1969, 12, 31),
        day=dt.date(1970, 1, 1),
        pair=(0, ""),
        shape=Dot(),
        pet=Dog("Rex"),
    ),
]


@pytest.fixture(name="path")
def _path(tmp_path: Path) -> Path:
    write_parquet(tmp_path / "rows.parquet", ROWS, Row)
    return tmp_path / "rows.parquet"


def test_duckdb_has_the_documented_types(path):
    """Each column has the type in the documentation."""
    described = duckdb.sql(f"DESCRIBE SELECT * FROM '{path}'").fetchall()
    assert {name: kind for name, kind, *_ in described} == {
        "number": "BIGINT",
        "large": "UBIGINT",
        "wide": "VARCHAR",
        "price": "VARCHAR",
        "text": "VARCHAR",
        "data": "BLOB",
        "identity": "UUID",
        "process": "UUID",
        "color": "VARCHAR",
        "colors": "VARCHAR[]",
        "when": "TIMESTAMPTZ_NS",
        "took": "BIGINT",
        "span": "BIGINT",
        "moment": 'STRUCT("local" TIMESTAMP, utc TIMESTAMP WITH TIME ZONE)',
        "day": "DATE",
        "pair": 'STRUCT("0" BIGINT, "1" VARCHAR)',
        "counts": "MAP(VARCHAR, BIGINT)",
        "nested": "BIGINT[][]",
        "shape": 'STRUCT("type" VARCHAR, Circle STRUCT(radius DOUBLE))',
        "pet": 'STRUCT(Cat STRUCT(lives BIGINT, kind VARCHAR), Dog STRUCT("name" VARCHAR, kind VARCHAR))',
        "value": "JSON",
        "nothing": '"NULL"',
    }


def test_duckdb_reads_values(path):
    """Values are unchanged, also inside classes, unions and documents."""

    def asked(expression: str, where: str = "number = -1") -> Any:
        return duckdb.sql(f"SELECT {expression} FROM '{path}' WHERE {where}").fetchall()[0][0]

    assert asked("large") == 2**64 - 1
    assert asked("wide::UHUGEINT") == 2**128 - 1
    assert asked("identity") == uuid.UUID(int=2**127 + 5)
    assert asked('"when"::VARCHAR').startswith("2024-01-02")
    assert asked('epoch_ns("when")') == ROWS[0].when.nanos
    assert asked("took") == 3_000_000_007
    assert asked("moment.utc - moment.local::TIMESTAMPTZ IS NOT NULL")
    assert asked("value->'$.a[3]'") == '"x"'
    assert asked("shape.Circle.radius") == 1.5
    assert asked("pet.Dog.name", "pet.Dog IS NOT NULL") == "Rex"
    assert asked("counts['b']") == 2
    assert asked("list(color ORDER BY number)", "true") == ["blue", "red"]


def test_results_of_duckdb_are_read_back(path):
    """A relation, and a file that DuckDB has written, hold the same values."""
    relation = duckdb.sql(f"SELECT * FROM '{path}' ORDER BY number")
    assert list(from_batches(relation, Row)) == ROWS
    copy = path.with_name("copy.parquet")
    duckdb.sql(f"COPY (SELECT * FROM '{path}' ORDER BY number) TO '{copy}'")
    assert list(from_batches(duckdb.sql(f"SELECT * FROM '{copy}' ORDER BY number"), Row)) == ROWS


def test_polars_has_the_documented_types(path):
    """Each column has the type in the documentation."""
    schema = {name: str(kind) for name, kind in polars.read_parquet(path).schema.items()}
    assert schema["identity"] == "Binary"
    assert schema["color"].startswith("Categorical")
    assert schema["when"] == "Datetime(time_unit='ns', time_zone='UTC')"
    assert schema["took"] == "Duration(time_unit='ns')"
    assert schema["span"] == "Duration(time_unit='us')"
    assert (schema["large"], schema["day"], schema["nothing"]) == ("UInt64", "Date", "Null")
    assert schema["value"].startswith("Extension('arrow.json'")


def test_results_of_polars_are_read_back(path):
    """A frame from a file, one from batches, and a file that Polars has written hold the same values."""
    frame = polars.read_parquet(path)
    assert list(from_batches(frame, Row)) == ROWS
    assert list(from_batches(polars.DataFrame(next(to_batches(ROWS, Row))), Row)) == ROWS
    copy = path.with_name("copy.parquet")
    frame.write_parquet(copy)
    assert list(from_batches(polars.read_parquet(copy), Row)) == ROWS


def test_both_count_alike(tmp_path):
    """Both count the rows of joined tables of envelopes equally."""
    sender = ProcessId(uuid.UUID(int=1))
    parts = []
    for number in range(4):
        request = JsonRpcRequest(method=f"m{number % 2}", params={"n": [number]}, id=number)
        values = [MessageEnvelope(sender=sender, payload=request, timestamp=Timestamp(each)) for each in range(100)]
        parts.append(tmp_path / f"{number}.part")
        with parts[-1].open("wb") as file:
            write_part(file, values, MessageEnvelope[JsonRpcRequest])
    joined = tmp_path / "all.parquet"
    assert join_parts(joined, parts, MessageEnvelope[JsonRpcRequest]) == 400
    counted = duckdb.sql(f"SELECT payload.method, count(*) FROM '{joined}' GROUP BY 1 ORDER BY 1").fetchall()
    assert counted == [("m0", 200), ("m1", 200)]
    method = polars.col("payload").struct.field("method")
    assert polars.scan_parquet(joined).filter(method == "m1").select(polars.len()).collect().item() == 200
