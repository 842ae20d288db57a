"""How tests hold reading by the engine to the reference: the same value, or both refuse."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs._issues import FormatError
from symphony_codecs.errors import DecodeError
from symphony_codecs.formats.base import CborTag
from symphony_codecs.python import decoder as reference_decoder
from symphony_codecs.python import recover
from symphony_codecs.schema import build_schema


__all__ = [
    "NAMES",
    "REFUSED",
    "TREES",
    "Refused",
    "agree",
    "agree_on_bytes",
    "codec_of",
    "decoder",
    "issues",
    "reader",
    "shown",
]

# What the compact form of MessagePack writes otherwise, all read.
NAMES = ("json", "msgpack", "cbor")
REFUSED = "refused"


class Refused(Exception):  # noqa: N818 - an outcome
    """Stands for the reference where the engine has none of its own."""


def codec_of(name: str, **options: Any) -> Codec:
    """Return a codec; a shared one unless there are options."""
    return get_codec(name).with_options(**options) if options else get_codec(name)


def _refuse(_: Any) -> Any:
    raise Refused


def reader(codec: Codec, tp: Any) -> Callable[[Any], Any]:
    """Return the engine's reader of builtins, which raises `Refused`."""
    structure = pytest.importorskip("symphony_codecs.compiled._decode")
    read = structure.make_reader(build_schema(tp, codec.converter, "structure"))

    def read_or_raise(tree: Any) -> Any:
        value = read(tree)
        if type(value).__name__ == "Refused":
            raise Refused
        return value

    return read_or_raise


def _explain_nothing(_: Any) -> None:
    """Stand for hooks that find nothing wrong with what the engine leaves."""


def decoder(
    codec: Codec,
    tp: Any,
    fallback: Callable[[Any], Any] = _refuse,
    explain: Callable[[Any], Any] | None = _explain_nothing,
) -> Callable[[Any], Any]:
    """Return the engine's reader of documents, by default without anything behind it."""
    structure = pytest.importorskip("symphony_codecs.compiled._decode")
    schema = build_schema(tp, codec.converter, "structure")
    form, options = codec.format, codec.options
    decode: Callable[[Any], Any] = structure.make_decoder(
        schema, form.loads, form.layout, options.limits, options.strict, fallback, explain
    )
    return decode


def reference(codec: Codec, tp: Any) -> Callable[[Any], Any]:
    """Return the hooks, tags seen to."""
    hook = codec.converter.get_structure_hook(tp)
    hook = getattr(hook, "hook", hook)  # not the engine in front of it

    def read(tree: Any) -> Any:
        try:
            return hook(tree, tp)
        except Exception as exc:  # noqa: BLE001 - hooks may raise anything
            issues: list[Any] = []
            value = recover(exc, hook, tree, tp, None, issues)
            if issues:
                raise FormatError(issues) from None
            return value

    return read


def shown(value: Any) -> Any:
    """Return what tells values apart: 1, 1.0 and True are equal, and nan is not."""
    if isinstance(value, (set, frozenset)):
        return type(value), sorted(map(repr, value))
    return type(value), repr(value)


def _outcome(call: Callable[[Any], Any], argument: Any) -> Any:
    try:
        return shown(call(argument))
    except Exception:  # noqa: BLE001 - the issues are the reference's in any case
        return REFUSED


def agree(codec: Codec, tp: Any, trees: Iterable[Any]) -> None:
    """Hold the engine to the reference on trees, and on the documents that they can be written as."""
    ours, theirs = reader(codec, tp), reference(codec, tp)
    documents: list[bytes] = []
    for tree in trees:
        expected = _outcome(theirs, tree)
        assert _outcome(ours, tree) == expected, (tp, tree)
        try:
            documents.append(codec.format.dumps(tree, codec.options.limits, False))
        except Exception:  # noqa: BLE001 - no document of the format
            continue
    agree_on_bytes(codec, tp, documents)


def agree_on_bytes(codec: Codec, tp: Any, documents: Iterable[bytes], *, may_refuse: bool = False) -> None:
    """Hold the engine to the reference on documents; *may_refuse*: what is refused in vain is only slow."""
    ours, theirs = decoder(codec, tp), reference_decoder(codec.converter, tp)
    whole = codec.decoder(tp)
    for data in documents:
        outcome, expected = _outcome(ours, data), _outcome(theirs, data)
        assert outcome == expected or (may_refuse and outcome == REFUSED), (tp, data)
        if expected == REFUSED:
            assert issues(whole, data) == issues(theirs, data), (tp, data)


def issues(decode: Callable[[Any], Any], data: bytes) -> tuple[Any, ...]:
    """Return what is wrong with a document."""
    with pytest.raises(DecodeError) as caught:
        decode(data)
    return caught.value.issues


class _Int(int):
    pass


class _Text(str):
    __slots__ = ()


class _Map(dict[Any, Any]):
    pass


class _Array(list[Any]):
    pass


@attrs.frozen
class _Odd:
    """Nothing that a format has."""


_LEAVES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 2, 255, 256, -(2**31), 2**32, 2**53 + 1, 2**63, -(2**63) - 1, 2**64 - 1, 2**64),
    *(-(2**64), 2**70, -(2**70), 10**400, 0.0, -0.0, 1.0, 1.5, 1e300, float("inf"), float("-inf"), float("nan")),
    *(
        "",
        "1",
        "-5",
        "+5",
        "01",
        "1.5",
        str(2**64),
        str(2**80),
        "9" * 5000,
        "null",
        "é",
        "\U0001f600",
        "\ud800",
        "a\0b",
    ),
    *("x" * 300, "AAAA", "AAA=", "AA==", "=", "a", "b", b"", b"a", b"\xff", b"\xff" * 16),
    *(_Int(5), _Text("x"), _Map(a=1), _Array([1]), _Odd(), object(), (), (1,), {1, 2}, bytearray(b"a")),
)
TREES: tuple[Any, ...] = (
    *_LEAVES,
    *([leaf] for leaf in _LEAVES[::3]),
    *({"a": leaf} for leaf in _LEAVES[::3]),
    *(CborTag(7, CborTag(8, leaf)) for leaf in _LEAVES[::3]),
    *([CborTag(7, 1)], [CborTag(7, "a"), "b"], {"a": CborTag(7, 1)}, {CborTag(7, "a"): 1}, {CborTag(7, b"a"): 1}),
    *([], {}, [1, 2], [1, "a"], ["a", 1], [[]], [[1]], [{}], {"a": {}}, {"a": 1, "b": 2}, {"b": 1, "a": 2}),
    *({1: 2}, {-1: 2}, {b"a": 1}, {b"\xff": 1}, {b"a": 1, "b": 2}, {b"a": 1, "a": 2}, {"1": 2}, {True: 1}, {None: 1}),
    *({1.5: 1}, {(1,): 1}, {2**70: 1}, {_Text("a"): 1}, {CborTag(7, 1): 1, CborTag(8, 1): 2}),
)
"""Trees that a format's ``loads`` gives, and such as a plug-in's may."""
