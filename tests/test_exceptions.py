"""All exceptions of both packages cross processes whole: by pickle, by copy, and by their ``args``, JSON or not."""

from __future__ import annotations

import copy
import enum
import inspect
import json
import pickle
import pkgutil

from collections.abc import Callable, Iterable
from typing import Annotated, Any, NewType

import pytest

import symphony_codecs
import symphony_types

from symphony_codecs import DecodeError, EncodeError, get_codec
from symphony_codecs.framing.errors import FrameError, LocalFrameError
from symphony_codecs.schema.faults import Fault
from symphony_types import errors
from symphony_types._restorable import RestorableError
from symphony_types.checks import FieldError
from symphony_types.errors import IpcTransportError, OtherError, SymphonyError, TimedOutError, WorkflowNotFoundError
from symphony_types.message.jsonrpc import JsonRpcError
from symphony_types.traits.validatable import Issue
from tests.extras import importable


class Point(enum.Enum):
    X = 1


UserId = NewType("UserId", int)

ISSUES: tuple[Issue, ...] = (
    Issue(("a", 0, "b c"), "out_of_range", "an integer", "5"),
    Issue((), "syntax", "a value", "nothing", "a \ud800 \x00 text"),
)

# By the name of a constructor's parameter: what an error may hold there.
SAMPLES: dict[str, Any] = {
    "accept": "text/html",
    "actual": "an object",
    "as_type": dict[str, Point],
    "code": "wrong_type",
    "content_type": None,
    "expected": "a text",
    "failures": {"a check": ["a failure"]},
    "faults": (Fault((".a", "[]"), ISSUES[0]),),
    "format": "json",
    "frame_code": "header_checksum",
    "held": {"a": 1},
    "hint": "say more",
    "index": 2,
    "issues": ISSUES,
    "lines": ("one", "two"),
    "message": "a message",
    "name": "a name",
    "offers": ("application/json", "application/cbor"),
    "offset": 70_000,
    "path": ("a", 0),
    "reason": "a reason",
    "size": 12,
}

# What a parameter holds in these classes alone.
SAMPLES_OF = {name: {"faults": ("one", "two")} for name in ("SampleError", "SampleFileError")}

# These never leave the packages: `Codec`, `FrameDecoder` and the like make others of them.
INTERNAL = {
    "NoTextError",
    "NotForeignError",
    "OwnError",
    "Refused",
    "Unclear",
    "UnknownFormError",
    "Unwritable",
    "_TooLong",
}
ABSTRACT = {
    *("SymphonyError", "ArtifactError", "ExtensionError", "IpcError", "ResourceError", "WorkflowError"),
    *("FrameError", "_IssuesError"),
}


def _classes() -> list[type[BaseException]]:
    found: dict[type[BaseException], None] = {}
    for package in (symphony_types, symphony_codecs):
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for module in importable([] if info.name.endswith("__main__") else [info.name]):
                own = [each for each in vars(module).values() if inspect.isclass(each) and each.__module__ == info.name]
                found.update(dict.fromkeys(each for each in own if issubclass(each, BaseException)))
    return [cls for cls in found if cls.__name__ not in INTERNAL | ABSTRACT]


CLASSES = _classes()


def make(cls: Any) -> BaseException:
    """Return an error of that class with something in each field."""
    if not issubclass(cls, RestorableError):
        return cls("a message")
    names = cls._constructor().in_order
    fields = set(getattr(cls, "__fields__", ())) if cls.__init__ is SymphonyError.__init__ else set()
    samples = SAMPLES | SAMPLES_OF.get(cls.__name__, {})
    return cls(**{name: f"{name}!" if name in fields else samples[name] for name in names})


def through_json(args: Iterable[Any]) -> list[Any]:
    """Return what Celery's JSON makes of an error's arguments: each alone, and by ``repr`` what JSON cannot say."""
    made = []
    for arg in args:
        try:
            made.append(json.loads(json.dumps(arg)))
        except (TypeError, ValueError):
            made.append(repr(arg))
    return made


def state(error: BaseException) -> dict[str, Any]:
    return {"text": str(error), "repr": repr(error), **vars(error)}


WAYS: list[Callable[[Any], Any]] = [
    *(lambda e, p=p: pickle.loads(pickle.dumps(e, p)) for p in range(pickle.HIGHEST_PROTOCOL + 1)),
    copy.copy,
    copy.deepcopy,
    lambda error: type(error)(*error.args),
    lambda error: copy.copy(pickle.loads(pickle.dumps(copy.deepcopy(error)))),
]


def test_the_classes_are_found() -> None:
    """A class of exceptions that does not restore itself is a warning, or is listed as internal."""
    assert len(CLASSES) > 60
    plain = [cls for cls in CLASSES if not issubclass(cls, (RestorableError, Warning))]
    assert plain == []


@pytest.mark.parametrize("cls", CLASSES)
@pytest.mark.parametrize("notes", [[], ["one", "two\nlines"]])
def test_all_exceptions_are_restored(cls: type[BaseException], notes: list[str]) -> None:
    """Class, fields, text and notes are the same after pickle, copies, and a call with the arguments."""
    error = make(cls)
    if issubclass(cls, Warning):
        notes = []
    for note in notes:
        error.add_note(note)
    for way in WAYS:
        again = way(error)
        assert type(again) is cls
        assert state(again) == state(error)
        assert again.args == error.args
        assert again.__cause__ is None
        again.add_note("of the copy")
        assert getattr(error, "__notes__", []) == notes


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if issubclass(cls, RestorableError)])
@pytest.mark.parametrize("notes", [[], ["one", "two\nlines"]])
def test_all_exceptions_come_back_from_json(cls: type[BaseException], notes: list[str]) -> None:
    """After a trip of the arguments through JSON, all is there but types, which are their texts."""
    error = make(cls)
    for note in notes:
        error.add_note(note)
    again = cls(*through_json(error.args))
    expected = state(error)
    if "as_type" in expected:
        expected["as_type"] = repr(SAMPLES["as_type"])
    assert state(again) == expected
    assert cls(*through_json(again.args)).args == again.args


# Subclasses of users, without a word about pickles in them.


class RecordLikeError(DecodeError):
    def __init__(self, *, issues: Iterable[Issue], offset: int, size: int) -> None:
        super().__init__(format="cbor", as_type=int, issues=issues)
        self.offset = offset
        self.size = size


class NumberedError(WorkflowNotFoundError):
    pass


class MarkedError(EncodeError):
    """Hands on what it does not know."""

    def __init__(self, *, where: str, **others: Any) -> None:
        super().__init__(**others)
        self.where = where


class SlowError(TimedOutError):
    """Does not store its argument."""

    def __init__(self, seconds: float, what: str = "it") -> None:
        super().__init__(f"{what} took {seconds} s")


class JoinedError(OtherError):
    def __init__(self, *parts: str) -> None:
        super().__init__(" ".join(parts))


class PositionalError(LocalFrameError):
    def __init__(self, host: str, /, *args: Any, port: int = 80, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.host, self.port = host, port


class Tagged:
    """A mixin that knows nothing of our classes."""

    def __init__(self, *args: Any, tag: str, **kwargs: Any) -> None:
        self.tag = tag
        super().__init__(*args, **kwargs)


class TaggedError(Tagged, IpcTransportError):
    pass


class FieldedError(FieldError):
    def __init__(self, field: str) -> None:
        super().__init__("wrong_type", (field,), "a text", "none")


class LeafError(SlowError):
    def __init__(self) -> None:
        super().__init__(1.5)


OF_USERS: list[Any] = [
    RecordLikeError(issues=iter(ISSUES), offset=5, size=6),
    NumberedError("x"),
    NumberedError(id="x"),
    MarkedError(where="there", format="json", as_type=None, issues=ISSUES),
    SlowError(1.5),
    SlowError(1.5, "x"),
    SlowError(what="x", seconds=2),
    JoinedError("a", "b", "c"),
    PositionalError("h", "a", "b", offset=3),
    PositionalError("h", message="b", frame_code="a", port=443),
    TaggedError("x", tag="t"),
    TaggedError(reason="x", tag="t"),
    FieldedError("f"),
    LeafError(),
]


@pytest.mark.parametrize("error", OF_USERS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("notes", [[], ["n"]])
def test_subclasses_need_do_nothing(error: Any, notes: list[str]) -> None:
    """Constructors of any signature are restored, from JSON too, whatever they hand on or do not store."""
    error = copy.copy(error)
    for note in notes:
        error.add_note(note)
    for way in WAYS:
        again = way(error)
        assert type(again) is type(error)
        assert (str(again), again.args) == (str(error), error.args)
        assert {**vars(again), "_arguments": 0} == {**vars(error), "_arguments": 0}
    again = type(error)(*through_json(error.args))
    assert (str(again), getattr(again, "__notes__", [])) == (str(error), notes)
    if isinstance(error, (DecodeError, EncodeError)):
        assert again.issues == error.issues


def test_text_of_two_is_no_note() -> None:
    """What a constructor of one text does not take is not taken for notes."""
    untyped: Any = errors
    for args in (("a", "b"), ("a", 5), ("a", [5]), ("a", ["n"], 5), ("a", ["n"], {}, {})):
        with pytest.raises(TypeError):
            untyped.ConfigError(*args)
    assert str(JoinedError("a", "b")) == "a b"


def test_several_fields_may_come_by_position() -> None:
    """As ``args`` have them; fewer or more are type errors."""
    untyped: Any = errors
    error = untyped.ArtifactHashMismatchError("a", "b")
    assert error == errors.ArtifactHashMismatchError(expected="a", actual="b")
    assert error.args == ("a", "b")
    for args in (("a",), ("a", "b", "c")):
        with pytest.raises(TypeError):
            untyped.ArtifactHashMismatchError(*args)


def test_arguments_can_be_set() -> None:
    """Tools that set ``args``, as Ray does, find them again; the fields stay."""
    error = OtherError("x")
    error.args = ("y", 2)
    for again in (error, pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert again.args == ("y", 2)
        assert again.message == "x"


def test_foreign_json_rpc_goes_along() -> None:
    """An error that came from a foreign JSON-RPC error object goes back as it came, by whatever way it went."""
    foreign = JsonRpcError(code=404, message="gone", data={"a": [1]})
    error = SymphonyError.from_json_rpc(foreign)
    for again in (*(way(error) for way in WAYS), type(error)(*through_json(error.args))):
        assert again == error
        assert again.to_json_rpc() == foreign
    error.add_note("n")
    assert type(error)(*through_json(error.args)).to_json_rpc() == error.to_json_rpc()


def test_errors_of_codecs_name_their_types() -> None:
    """A type that can be found comes back; one that cannot is its text, in a pickle; a copy has it."""

    class Local:
        pass

    for as_type in (Point, list[Point], int | None, Annotated[Point, "x"], UserId, Any):
        error = DecodeError(format="json", as_type=as_type, issues=ISSUES)
        assert pickle.loads(pickle.dumps(error)).as_type == as_type
    error = DecodeError(format="json", as_type=Local, issues=ISSUES)
    assert copy.copy(error).as_type is Local
    assert copy.deepcopy(error).as_type is Local
    assert pickle.loads(pickle.dumps(error)).as_type == str(Local)


def test_types_that_are_gone_are_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    """A class that the other process does not have costs its name, not the error."""
    error = EncodeError(format="json", as_type=Point, issues=ISSUES)
    data = pickle.dumps(error)
    monkeypatch.delitem(globals(), "Point")
    again = pickle.loads(data)
    assert again.as_type == str(error.as_type)
    assert again.issues == error.issues


def test_causes_stay_behind() -> None:
    """As always with pickle; a copy of an exception has none either."""
    error = OtherError("x")
    error.__cause__ = ValueError("y")
    assert pickle.loads(pickle.dumps(error)).__cause__ is None


def test_errors_of_a_codec_cross() -> None:
    """What `decode` and `encode` raise, hooks' exceptions among the causes, is restored whole."""
    codec = get_codec("json")
    with pytest.raises(DecodeError) as caught:
        codec.decode(b'{"id": "x"}', dict[str, int])
    error = caught.value
    again = pickle.loads(pickle.dumps(error))
    assert (again.issues, again.format, again.as_type) == (error.issues, "json", dict[str, int])
    for value in (Point.X, {Point.X}, [{"a": Point.X}]):  # of which the error knows, weakly, where it was raised
        with pytest.raises(EncodeError) as refused:
            codec.encode(value, dict[str, int])
        for restored in (pickle.loads(pickle.dumps(refused.value)), copy.deepcopy(refused.value)):
            assert (restored.issues, restored.format) == (refused.value.issues, "json")


@pytest.mark.parametrize("unpicklable", [lambda: 1, iter([1])])
def test_arguments_that_do_not_pickle_are_left(unpicklable: Any) -> None:
    """An argument that the constructor made a text of is no reason to lose the error."""
    error = SlowError(unpicklable)
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error)


def test_frame_errors_stay_abstract() -> None:
    """The group is not raised itself."""
    with pytest.raises(TypeError, match="LocalFrameError"):
        FrameError("a", "b")
