"""A report with all that a page has to show: codecs, what documents go through, peers, long names, one that failed."""

from __future__ import annotations

import datetime as dt

from typing import Final

from symphony_codecs.benchmark import Environment, FieldSize, Report, Row, Timing


__all__ = ["HOSTILE", "REPORT", "timing"]

HOSTILE: Final = "</script></style><img src=x onerror=\"alert('&amp;')\"> ]]> <!-- {{ 7 * 7 }} \u2028 \\"
"""A name that ends the page's scripts, styles and attributes wherever it is not escaped."""

_SIZES: Final = {"json": 1303.0, "msgpack": 1158.8, "msgpack-compact": 766.9, "cbor": 1159.6}
_TIMES: Final = {"json": 8250.0, "msgpack": 7290.0, "msgpack-compact": 6670.0, "cbor": 7710.0}
_PEERS: Final = ("msgspec", "pydantic", "cattrs orjson", "a library with quite a long name for a library")
_FIELDS: Final = {
    "notes": 260.0,
    "lines[].description": 327.0,
    "customer.remarks": 135.0,
    "lines[].article_number_of_the_manufacturer_or_importer": 147.0,
    "lines[].price": 120.0,
    "lines[].quantity": 64.0,
    "customer.email": 24.0,
    "number": 11.9,
    "discount": 18.2,
    "is_paid": 9.0,
    "(structure)": 30.0,
}


def timing(nanoseconds: float, spread: float | None = 0.01) -> Timing:
    """Return a timing of 15 batches."""
    return Timing(median_ns=nanoseconds, min_ns=nanoseconds * 0.98, spread=spread, rounds=15)


def _row(name: str, **more) -> Row:
    size, times = _SIZES[name], _TIMES[name]
    plain = {
        "contender": "symphony",
        "format": name,
        "role": "codec",
        "size": size,
        "size_p50": int(size * 0.97),
        "size_p99": int(size * 1.6),
        "document_size": size,
        "encode_stream": timing(times * 0.4),
        "decode_stream": timing(times * 0.6, 0.2),
    }
    return Row(**(plain | more))


def _rows(name: str) -> list[Row]:
    size, times = _SIZES[name], _TIMES[name]
    hot = {
        "encode_hot": timing(times * 0.3),
        "decode_hot": timing(times * 0.5),
        "encode_first": timing(2_500_000.0 + times),
        "decode_first": timing(3_100_000.0 - times),
        "encode_peak": int(size * 3),
        "decode_peak": int(size * 1000),
    }
    return [
        _row(name, **hot),
        _row(name, compression="zlib", size=size * 0.4, encode_stream=timing(30_000.0)),
        _row(name, compression="zstd", size=size * 0.42, encode_stream=timing(40_000.0)),
        _row(name, framed=True, size=size + 32, encode_stream=timing(times * 0.6)),
        _row(
            name, contender=f"floor: {name.partition('-')[0]}", role="floor", encode_stream=timing(times * 0.2), **hot
        ),
    ]


REPORT: Final = Report(
    what="shop.orders.records_of_the_last_year:PurchaseOrder[CustomerWithRemarks, LineWithDescription]",
    values=1000,
    source="from orders-of-november.jsonl",
    rounds=15,
    at=dt.datetime(2026, 1, 2, 3, 4, tzinfo=dt.UTC),
    environment=Environment(
        python="CPython 3.14.0 (GCC 14.2.0)",
        gil=True,
        system="Linux-6.12.0-x86_64-with-glibc2.41",
        cpu="A processor",
        cpus=2,
        engine="compiled",
        versions={"symphony-types": "0.1.0", "attrs": "26.1.0"},
        commit="0123456789012345678901234567890123456789-dirty",
    ),
    rows=(
        *(row for name in _SIZES for row in _rows(name)),
        *(
            _row("json", contender=peer, role="peer", encode_stream=timing(2_000.0 * number))
            for number, peer in enumerate(_PEERS, 1)
        ),
        Row(
            contender="dataclasses orjson", format="json", role="peer", error="value 1 of 2 does not come back the same"
        ),
        Row(contender="pickle", format="pickle", role="peer", error=HOSTILE),
    ),
    skipped=("mashumaro: mashumaro is not installed",),
    fields=tuple(
        FieldSize(path=path, codec=name, size=part * size / 1146.1)
        for name, size in _SIZES.items()
        for path, part in _FIELDS.items()
    ),
)
