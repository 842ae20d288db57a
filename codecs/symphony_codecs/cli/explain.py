"""``symphony explain``: what a codec does for a type, as the schema that its engine executes."""

from __future__ import annotations

import json

from typing import Annotated, Any, Final, Literal

from cyclopts import Parameter
from rich.text import Text
from rich.tree import Tree

from .._issues import FormatError
from ..codec import Codec
from ..executor import ENGINE, UNAVAILABLE_BECAUSE
from ..schema import build_schema
from ..schema import fingerprint as fingerprint_of
from ..schema.describe import Line, describe, outline
from ._codecs import CODEC_METAVAR, CodecFlags, given_codecs, given_type
from .errors import FailedError, printable
from .streams import console


__all__ = ["explain"]

_DIRECTIONS: Final[dict[str, Literal["structure", "unstructure"]]] = {"read": "structure", "write": "unstructure"}


def explain(
    type_: Annotated[str, Parameter(name="TYPE")],
    /,
    *,
    format_: Annotated[str | None, Parameter(name=["--format", "-f"], metavar="FORMAT")] = None,
    codec: Annotated[str | None, Parameter(metavar=CODEC_METAVAR)] = None,
    write: bool = False,
    json_: Annotated[bool, Parameter(name="--json")] = False,
    fingerprint: bool = False,
) -> None:
    """
    Show how values of a type are read or written in a format: each field, its checks, its hooks.

    Args:
        type_: A name of symphony_types, a builtin, or package.module:Name
            (which is imported), also with arguments: list[int] | None.
        format_: The format; json if neither this nor --codec is given.
        codec: A codec or a format in a module that is imported, in place of the codec of a format's name.
        write: Show how values are written, not how they are read.
        json_: Write JSON, for programs.
        fingerprint: Write the fingerprint of the type, 16 bytes, in hex and as a constant of Rust; a
            channel sends that of its type of messages.
    """
    tp = given_type(type_)
    references = () if codec is None else (codec,)
    name = format_ or next(iter(given_codecs(references)), "json")
    (used,) = CodecFlags(codec=references).codecs(name)
    try:
        if fingerprint:
            _print_fingerprint(type_, fingerprint_of(tp, used), used, json_=json_)
            return
        schema = build_schema(tp, used.converter, _DIRECTIONS["write" if write else "read"])
    except FormatError as exc:
        raise FailedError(issue.message for issue in exc.issues) from exc
    out = console()
    if json_:
        out.print(json.dumps(describe(schema), indent=2, ensure_ascii=False), soft_wrap=True)
        return
    engine = f"{ENGINE} engine" + (f" ({UNAVAILABLE_BECAUSE})" if UNAVAILABLE_BECAUSE else "")
    title = f"{type_} {'to' if write else 'from'} {used.name}, {engine}"
    tree = Tree(Text(printable(title), style="bold"), guide_style="dim")
    _grow(tree, outline(schema))
    out.print(tree)


def _print_fingerprint(type_: str, found: bytes | None, codec: Codec, *, json_: bool) -> None:
    if found is None:
        raise FailedError([f"{type_} has no fingerprint in {codec.name}: a hook without a version writes or reads it"])
    if json_:
        text = json.dumps({"type": type_, "format": codec.name, "fingerprint": found.hex()}, ensure_ascii=False)
    else:
        numbers = ", ".join(f"0x{byte:02x}" for byte in found)
        comment = printable(f"// {type_} in {codec.name}")
        text = f"{found.hex()}\n\n{comment}\npub const FINGERPRINT: [u8; 16] = [{numbers}];"
    console().print(text, soft_wrap=True)


def _grow(tree: Any, line: Line) -> None:
    text = Text()
    if line.label:
        text.append(f"{printable(line.label)}: ", style="cyan")
    text.append(line.kind.strip("_"))
    if line.detail:
        text.append(f"  {printable(line.detail)}", style="dim")
    branch = tree.add(text)
    for below in line.below:
        _grow(branch, below)
