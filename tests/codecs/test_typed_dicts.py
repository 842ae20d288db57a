"""Keys that a typed dict does not declare (PEP 728): none in a closed one, those of one type, or as the codec says."""

from __future__ import annotations

from typing import Any, Generic, Never, NewType, NotRequired, TypeVar

import attrs
import pytest

from typing_extensions import ReadOnly, TypedDict

from symphony_codecs import Codec, DecodeError, EncodeError, executor
from symphony_types import U8


class Open(TypedDict):
    a: int


class Closed(TypedDict, closed=True):
    a: int
    b: NotRequired[str]


class ClosedBelow(Closed):
    pass


class NoMore(TypedDict, extra_items=Never):
    a: int


class Numbers(TypedDict, extra_items=int):
    a: str


class NumbersBelow(Numbers):
    b: NotRequired[int]


class Constant(TypedDict, extra_items=ReadOnly[int]):
    a: ReadOnly[str]


T = TypeVar("T")


class Of(TypedDict, Generic[T], extra_items=T):
    a: str


class OfNumbers(Of[int]):  # pyright: ignore[reportIncompatibleVariableOverride] - it may
    pass


Name = NewType("Name", str)


class Small(TypedDict, extra_items=ReadOnly[U8]):
    a: NotRequired[int]


class Silent(TypedDict, closed=False):
    a: NotRequired[int]


class SmallBelow(Silent, Small):
    pass


class Named(TypedDict, extra_items=Name):
    a: NotRequired[int]


class Tree(TypedDict, extra_items="list[Tree]"):
    a: NotRequired[int]


CLOSED: list[Any] = [Closed, ClosedBelow, NoMore]
NUMBERS: list[Any] = [Numbers, NumbersBelow, Constant, Of[int], OfNumbers]


@pytest.fixture(name="runs", params=["engine", "python"], autouse=True)
def _runs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "python":
        monkeypatch.setattr(executor, "_decode", None)
        monkeypatch.setattr(executor, "_encode", None)


def _places(tp: Any, value: Any) -> list[tuple[Any, Any, tuple[Any, ...]]]:
    holder = attrs.make_class("Holder", {"held": attrs.field(type=tp)})
    return [
        (tp, value, ()),
        (list[tp], [value], (0,)),
        (tp | None, value, ()),
        (dict[str, tp], {"x": value}, ("x",)),
        (holder, holder(value), ("held",)),
    ]


def _refused(call: Any) -> list[tuple[Any, str]]:
    with pytest.raises((DecodeError, EncodeError)) as caught:
        call()
    return [(issue.path, issue.code) for issue in caught.value.issues]


@pytest.mark.parametrize("unknown", ["ignore", "forbid", "keep"])
@pytest.mark.parametrize("tp", CLOSED)
def test_a_closed_one_has_no_other_keys(codec: Codec, tp: Any, unknown: Any) -> None:
    """Whatever the codec does with unknown fields elsewhere, in both directions."""
    codec = codec.with_options(unknown_fields=unknown, positional=False)
    for as_type, value, path in _places(tp, {"a": 1, "x": 2}):
        data = codec.encode(attrs.asdict(value) if attrs.has(type(value)) else value)

        assert _refused(lambda data=data, as_type=as_type: codec.decode(data, as_type)) == [
            ((*path, "x"), "unknown_field")
        ]
        assert _refused(lambda value=value, as_type=as_type: codec.encode(value, as_type)) == [
            ((*path, "x"), "unknown_field")
        ]
    for as_type, value, _ in _places(tp, {"a": 1}):
        assert codec.decode(codec.encode(value, as_type), as_type) == value


@pytest.mark.parametrize("unknown", ["ignore", "forbid", "keep"])
@pytest.mark.parametrize("tp", NUMBERS)
def test_other_keys_have_the_type_of_extra_items(codec: Codec, tp: Any, unknown: Any) -> None:
    """They are kept, and checked where they are read and written."""
    codec = codec.with_options(unknown_fields=unknown, positional=False)
    for as_type, value, _ in _places(tp, {"a": "b", "x": 2, "y": -3}):
        assert codec.decode(codec.encode(value, as_type), as_type) == value
    for as_type, value, path in _places(tp, {"a": "b", "x": "2", "y": 1}):
        data = codec.encode(attrs.asdict(value) if attrs.has(type(value)) else value)

        assert _refused(lambda data=data, as_type=as_type: codec.decode(data, as_type)) == [
            ((*path, "x"), "wrong_type")
        ]
        assert _refused(lambda value=value, as_type=as_type: codec.encode(value, as_type)) == [
            ((*path, "x"), "wrong_type")
        ]


def test_extra_items_may_be_of_the_class_itself(codec: Codec) -> None:
    """The type is looked up where the class is."""
    value: Tree = {"a": 1, "x": [{"y": []}, {"a": 2}]}

    assert codec.decode(codec.encode(value, Tree), Tree) == value
    assert _refused(lambda: codec.decode(codec.encode({"x": [{"y": 1}]}), Tree)) == [(("x", 0, "y"), "wrong_type")]


@pytest.mark.parametrize("tp", [Small, SmallBelow])
def test_bounds_hold_for_extra_items(codec: Codec, tp: Any) -> None:
    """Those that `Annotated` adds, in a class or in a base beside one that says nothing."""
    assert codec.decode(codec.encode({"x": 255}, tp), tp) == {"x": 255}
    assert _refused(lambda: codec.decode(codec.encode({"x": 256}), tp)) == [(("x",), "out_of_range")]
    assert _refused(lambda: codec.encode({"x": 256}, tp)) == [(("x",), "out_of_range")]


def test_hooks_are_called_for_extra_items(codec: Codec) -> None:
    """Also those of what is another name for a class."""
    own = codec.copy()
    own.converter.register_structure_hook(Name, lambda value, _: Name(value.upper()))
    own.converter.register_unstructure_hook(Name, str.lower)
    data = codec.encode({"a": 1, "x": "y"})

    assert own.decode(data, Named) == {"a": 1, "x": "Y"}
    assert own.encode({"a": 1, "x": "Y"}, Named) == data


@pytest.mark.parametrize("unknown", ["ignore", "forbid", "keep"])
def test_otherwise_it_is_as_the_codec_says(codec: Codec, unknown: Any) -> None:
    """What reading would drop or refuse is not written."""
    codec = codec.with_options(unknown_fields=unknown)
    value: Any = {"a": 1, "x": [None, {"b": 2}]}
    data = codec.encode(value)
    if unknown == "keep":
        assert codec.encode(value, Open) == data
        assert codec.decode(data, Open) == value
        return
    for as_type, held, path in _places(Open, value):
        assert _refused(lambda held=held, as_type=as_type: codec.encode(held, as_type)) == [
            ((*path, "x"), "unknown_field")
        ]
    if unknown == "ignore":
        assert codec.decode(data, Open) == {"a": 1}
    else:
        assert _refused(lambda: codec.decode(data, Open)) == [(("x",), "unknown_field")]


@pytest.mark.parametrize("key", [1, None, True, b"x", (1,), 1.5], ids=repr)
@pytest.mark.parametrize("tp", [Open, Numbers])
def test_keys_that_are_no_text_are_not_written(codec: Codec, tp: Any, key: Any) -> None:
    """Formats whose keys may be other things than text have no such names of fields, either."""
    codec = codec.with_options(unknown_fields="keep")
    value: Any = {"a": "b" if tp is Numbers else 1, key: 2}

    for as_type, held, _ in _places(tp, value):
        (issue,) = _refused(lambda held=held, as_type=as_type: codec.encode(held, as_type))
        assert issue[1] == "wrong_type"


@pytest.mark.parametrize("tp", [Open, Numbers, Closed])
def test_keys_are_text(codec: Codec, tp: Any) -> None:
    """Another key is none of a typed dict, unless unknown ones are passed over."""
    if codec.format.text_keys:
        return
    keeping = codec.with_options(unknown_fields="keep")
    value = {"a": "b" if tp is Numbers else 1}
    data = keeping.encode({**value, 1: 2})

    (issue,) = _refused(lambda: keeping.decode(data, tp))
    assert issue[1] in {"wrong_type", "unknown_field"}
