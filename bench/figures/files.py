"""Files of figures: JSON in which each row of a table is a line, with three significant digits."""

from __future__ import annotations

import json

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias, TypeVar

import attrs


__all__ = ["FOLDER", "build", "dumps", "loads", "read", "rounded", "write"]

FOLDER: Final = Path(__file__).parent
"""The folder of the published figures."""

_TABLE: Final = {"columns", "rows"}
_Path: TypeAlias = tuple[str, ...]
_Class = TypeVar("_Class")


def write(path: Path, document: Mapping[str, Any]) -> None:
    """Write figures to a file; see `dumps`."""
    path.write_text(dumps(document), encoding="utf-8")


def read(path: Path) -> dict[str, Any]:
    """Return the figures of a file; see `loads`."""
    return loads(path.read_text(encoding="utf-8"))


def dumps(document: Mapping[str, Any]) -> str:
    """
    Return figures as JSON.

    A list of mappings becomes a table: the names of its columns, and a line of values for each row. Mappings inside
    rows become several columns each, whose names are lists.

    Args:
        document: Mappings, lists, texts, booleans and numbers. Rows of a table hold no lists; ``None`` and empty
            mappings in them are left out.
    """
    return f"{_text(document)}\n"


def loads(text: str) -> dict[str, Any]:
    """Return what `dumps` wrote; rows lack what was ``None`` or empty."""
    found: dict[str, Any] = _unpacked(json.loads(text))
    return found


def build(cls: type[_Class], row: Mapping[str, Any]) -> _Class:
    """Return an instance of an attrs class from the row of a table; ``None`` for a missing field without a default."""
    fields = attrs.fields(cls)  # type: ignore[arg-type]
    missing = {field.name: None for field in fields if field.default is attrs.NOTHING}
    return cls(**{**missing, **row})


def rounded(value: float) -> float:
    """Return a number with three significant digits, as an ``int`` if it is whole."""
    found = float(f"{value:.3g}")
    return int(found) if found.is_integer() else found


def _text(value: Any) -> str:
    if _is_table(value):
        columns: list[_Path] = list(dict.fromkeys(path for row in value for path, _ in _cells(row)))
        names = [path[0] if len(path) == 1 else path for path in columns]
        rows = ",\n".join(_line(dict(_cells(row)), columns) for row in value)
        return f'{{"columns": {json.dumps(names)}, "rows": [\n{rows}\n]}}'
    if isinstance(value, Mapping) and any(map(_has_table, value.values())):
        return "{\n" + ",\n".join(f"{json.dumps(name)}: {_text(part)}" for name, part in value.items()) + "\n}"
    if isinstance(value, Sequence) and not isinstance(value, str) and any(map(_has_table, value)):
        return "[\n" + ",\n".join(map(_text, value)) + "\n]"
    return json.dumps(value)


def _is_table(value: Any) -> bool:
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and bool(value)
        and all(isinstance(row, Mapping) for row in value)
        and not any(isinstance(cell, list | tuple) for row in value for _, cell in _cells(row))
    )


def _has_table(value: Any) -> bool:
    if isinstance(value, str) or not isinstance(value, Mapping | Sequence):
        return False
    return _is_table(value) or any(map(_has_table, value.values() if isinstance(value, Mapping) else value))


def _cells(row: Mapping[str, Any], above: _Path = ()) -> Iterator[tuple[_Path, Any]]:
    for name, value in row.items():
        if isinstance(value, Mapping):
            yield from _cells(value, (*above, name))
        elif value is not None:
            yield (*above, name), rounded(value) if isinstance(value, float) else value


def _line(cells: Mapping[_Path, Any], columns: Sequence[_Path]) -> str:
    values = [cells.get(path) for path in columns]
    while values and values[-1] is None:
        values.pop()
    return json.dumps(values, separators=(",", ":"))


def _unpacked(value: Any) -> Any:
    if isinstance(value, dict):
        if value.keys() == _TABLE:
            columns = [(name,) if isinstance(name, str) else tuple(name) for name in value["columns"]]
            return [_row(zip(columns, row, strict=False)) for row in value["rows"]]
        return {name: _unpacked(part) for name, part in value.items()}
    return [*map(_unpacked, value)] if isinstance(value, list) else value


def _row(cells: Iterator[tuple[_Path, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for (*above, name), value in cells:
        if value is not None:
            place = found
            for part in above:
                place = place.setdefault(part, {})
            place[name] = value
    return found
