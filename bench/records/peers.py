"""
The peers: ``python -m bench.records.peers NAME SOURCE TARGET``, each in a process of its own.

Peers for frames run with the baseline build, so this module imports only names that it has.
"""

from __future__ import annotations

import functools
import importlib
import json
import sys

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from .outputs import cbor_items


__all__ = ["PEERS"]

_BLOCK: Final = 2**18
_LARGEST: Final = 2**32 - 1
_COMPRESSED: Final = {
    ".gz": "gzip",
    ".zst": "backports.zstd" if sys.version_info < (3, 14) else "compression.zstd",
}
_COLUMNS: Final = {
    "request": """{
    id: 'UUID', timestamp: 'TIMESTAMP_NS', sender: 'UUID', receiver: 'UUID', session_id: 'UUID',
    payload: 'STRUCT(jsonrpc VARCHAR, method VARCHAR, params JSON, id JSON)',
    metadata: 'STRUCT(priority VARCHAR, ttl BIGINT, reply_to UUID, correlation_id UUID)'
}""",
    "flat": """{
    id: 'UUID', "at": 'TIMESTAMP_NS', device: 'VARCHAR', channel: 'BIGINT', value: 'DOUBLE', low: 'DOUBLE',
    high: 'DOUBLE', valid: 'BOOLEAN', unit: 'VARCHAR', site: 'VARCHAR', firmware: 'VARCHAR', note: 'VARCHAR',
    codes: 'BIGINT[]', labels: 'MAP(VARCHAR, VARCHAR)'
}""",
}


def _untyped(source: Path, target: Path) -> None:
    """Decode builtins and encode them; the suffixes give the formats."""
    with _opened(source) as blocks, target.open("wb") as out:
        write, encode = out.write, _encoder(target.suffix)
        for value in _values(blocks, source.with_suffix("") if source.suffix in _COMPRESSED else source):
            write(encode(value))


def _opened(path: Path) -> IO[bytes]:
    if path.suffix in _COMPRESSED:
        file: IO[bytes] = importlib.import_module(_COMPRESSED[path.suffix]).open(path, "rb")
        return file
    return path.open("rb")


def _values(blocks: IO[bytes], path: Path) -> Iterator[Any]:
    if path.suffix == ".ndjson":
        import orjson

        return map(orjson.loads, blocks)
    if path.suffix == ".msgpack":
        import msgpack

        return iter(msgpack.Unpacker(blocks))
    return cbor_items(blocks)


def _encoder(suffix: str) -> Callable[[Any], bytes]:
    if suffix == ".ndjson":
        import orjson

        # Ids are byte strings in binary formats.
        return functools.partial(orjson.dumps, option=orjson.OPT_APPEND_NEWLINE, default=bytes.hex)
    if suffix == ".msgpack":
        import msgpack

        pack: Callable[[Any], bytes] = msgpack.Packer().pack
        return pack
    import cbor2

    return cbor2.dumps


def _copied(source: Path, target: Path) -> None:
    with source.open("rb") as blocks, target.open("wb") as out:
        while block := blocks.read(_BLOCK):
            out.write(block)


def _duckdb(source: Path, target: Path) -> None:
    import duckdb

    connection = duckdb.connect(config={"threads": 1})
    columns = f"format = 'newline_delimited', columns = {_COLUMNS[source.name.partition('-')[0]]}"
    select = f"SELECT * FROM read_json('{source}', {columns})"  # noqa: S608 - the path is the benchmark's own
    connection.execute(f"COPY ({select}) TO '{target}' (FORMAT parquet)")


def _frames(source: Path) -> Iterator[Any]:
    from symphony_codecs.framing import FrameDecoder

    decoder = FrameDecoder(max_payload=_LARGEST)
    with source.open("rb") as blocks:
        while block := blocks.read(_BLOCK):
            decoder.feed(block)
            yield from decoder
    decoder.feed_eof()
    yield from decoder


def _decoded(source: Path, target: Path) -> None:
    target.write_text(f"{sum(1 for _ in _frames(source))}\n", encoding="ascii")


def _dumped(source: Path, target: Path) -> None:
    dumps, offset = json.dumps, 0
    with target.open("w", encoding="utf-8") as out:
        write = out.write
        for frame in _frames(source):
            header, size = frame.header, len(frame.payload)
            fields = {
                "offset": offset,
                "kind": header.frame_type.name,
                "sequence": header.sequence,
                "stream": header.stream_id,
                "format": header.format,
                "priority": header.priority.value,
                "compression": header.compression.name,
                "flags": header.flags.value,
                "length": size,
            }
            write(f"{dumps(fields)}\n")
            offset += size


PEERS: Final = {"untyped": _untyped, "copied": _copied, "duckdb": _duckdb, "decoded": _decoded, "dumped": _dumped}


def _main() -> None:
    name, source, target = sys.argv[1:]
    PEERS[name](Path(source), Path(target))


if __name__ == "__main__":
    _main()
