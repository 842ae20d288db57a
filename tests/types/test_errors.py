"""Tests of `symphony_types.errors` and the modules under it."""

from __future__ import annotations

import copy
import json
import pickle
import uuid

from collections.abc import Callable
from typing import Any

import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types import errors
from symphony_types.checks import FieldError, FieldTypeError
from symphony_types.errors import (
    ConfigError,
    ExtensionError,
    InternalError,
    IoError,
    IpcDeserializationFailedError,
    IpcError,
    IpcInvalidMessageFormatError,
    IpcTransportError,
    OtherError,
    PermissionDeniedError,
    SerializationError,
    SymphonyError,
    TimedOutError,
    WorkflowCyclicDependencyError,
    WorkflowInvalidDefinitionError,
)
from symphony_types.ids import ExtensionId
from symphony_types.message.jsonrpc import JsonRpcError
from symphony_types.traits.validatable import Issue


VARIANTS: list[Any] = list(SymphonyError.variants().values())
GROUPS: list[Any] = [
    SymphonyError,
    *(getattr(errors, f"{name}Error") for name in ("Extension", "Workflow", "Ipc", "Artifact", "Resource")),
]


# the errors' module for calls that type checkers refuse
untyped: Any = errors


def make(cls: Any) -> SymphonyError:
    """Return an error of that class with a value of its own in each field."""
    error: SymphonyError = cls(**{name: f"{name}!" for name in cls.__fields__})
    return error


LIFECYCLE = ("Extension", "InvalidLifecycleTransition")


class IssuesError(IpcDeserializationFailedError, ValueError):
    """A subclass that lists what is wrong."""

    def __init__(self, issues: tuple[object, ...]) -> None:
        super().__init__(reason=f"{len(issues)} issues")
        self.issues = issues


class AnnotatedError(IpcDeserializationFailedError, ValueError):
    """A subclass as codecs have it: a builtin beside, an ``__init__`` and data of its own."""

    def __init__(self, *, place: tuple[str, ...], issues: list[int]) -> None:
        super().__init__(reason=f"{len(issues)} issues")
        self.place = place
        self.issues = issues


def test_names() -> None:
    """Every variant is public under its group's and its own name."""
    assert len(VARIANTS) == 37
    assert sorted([*(cls.__name__ for cls in VARIANTS), *(cls.__name__ for cls in GROUPS)]) == errors.__all__
    for cls in VARIANTS:
        if len(cls.wire_path) == 2:
            assert cls.__name__ == "".join(cls.wire_path) + "Error"
            assert cls.__mro__[1].__name__ == cls.wire_path[0] + "Error"
        else:
            assert cls.__fields__ == ("message",)


def test_texts_are_taken_as_they_are() -> None:
    """Braces and percent signs in a field are no format."""
    assert str(ConfigError("x {y} {0} %s")) == "Configuration error: x {y} {0} %s"


@pytest.mark.parametrize("cls", VARIANTS)
def test_every_variant(cls: Any) -> None:
    """Each one goes through its wire form, JSON, pickle, copy and repr, with its notes."""
    error = make(cls)
    for value in error.fields().values():
        assert value in str(error)
    assert eval(repr(error), dict(vars(errors))) == error
    assert SymphonyError.from_wire(json.loads(json.dumps(error.to_wire()))) == error
    assert cls.from_wire_path(cls.wire_path) is cls
    error.add_note("first")
    error.add_note("second")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        for again in (pickle.loads(pickle.dumps(error, protocol)), copy.copy(error), copy.deepcopy(error)):
            assert type(again) is cls
            assert again == error
            assert hash(again) == hash(error)
            assert again.args == error.args
            assert again.__notes__ == ["first", "second"]
            assert str(again) == str(error)
    with pytest.raises(cls):
        raise error


def test_json_rpc_codes_are_unique() -> None:
    """Each variant has a code of its own, in the ranges that are documented."""
    codes = [cls.json_rpc_code for cls in VARIANTS]
    assert len(set(codes)) == len(codes)
    for code in codes:
        assert code in {-32700, -32600, -32603} or -32099 <= code <= -32000
    firsts = {"Extension": -32010, "Workflow": -32020, "Ipc": -32030, "Artifact": -32040, "Resource": -32050}
    for cls in VARIANTS:
        first = firsts[cls.wire_path[0]] if len(cls.wire_path) == 2 else -32000
        assert first - 9 <= cls.json_rpc_code <= first or cls.json_rpc_code in {-32700, -32600, -32603}


@pytest.mark.parametrize("cls", GROUPS)
def test_groups_are_not_raised(cls: Any) -> None:
    """The root and the groups are there to be caught."""
    with pytest.raises(TypeError, match="not raised itself"):
        cls()
    assert all(issubclass(variant, cls) for variant in cls.variants().values())


def test_builtins_catch_too() -> None:
    """Where Python has an exception for it, that one catches."""
    for cls, builtin in ((TimedOutError, TimeoutError), (PermissionDeniedError, PermissionError), (IoError, OSError)):
        with pytest.raises(builtin):
            raise cls("x")


@pytest.mark.parametrize(
    "broken",
    [
        untyped.ConfigError,
        lambda: untyped.ConfigError("a", "b"),
        lambda: untyped.ConfigError("a", message="b"),
        lambda: untyped.ConfigError(text="a"),
        lambda: untyped.ConfigError(5),
        lambda: untyped.ConfigError(b"a"),
        lambda: untyped.ExtensionNotFoundError(id=ExtensionId.new()),
        lambda: untyped.ArtifactHashMismatchError(expected="a"),
        lambda: untyped.WorkflowCyclicDependencyError("a"),
        lambda: untyped.IpcRateLimitExceededError(reason="a"),
        lambda: untyped.ExtensionCrashedError(id="a", reason=None),
    ],
)
def test_constructors_are_strict(broken: Callable[[], object]) -> None:
    """Missing, unknown, surplus and wrongly typed arguments are type errors."""
    with pytest.raises(TypeError):
        broken()


def test_one_field_may_be_positional() -> None:
    """Where there is one field, it needs no name."""
    assert ConfigError("x") == ConfigError(message="x")
    assert IpcTransportError("x") == IpcTransportError(reason="x")
    assert repr(ConfigError("x")) == "ConfigError(message='x')"


def test_equality() -> None:
    """Errors are equal if class and fields are."""
    assert ConfigError("x") != ConfigError("y")
    assert ConfigError("x") != InternalError("x")
    assert len({ConfigError("x"), ConfigError("x"), InternalError("x")}) == 2
    other: Any = "x"
    assert ConfigError("x") != other


def test_fields_are_kept() -> None:
    """A field cannot be set again; other attributes can, as raising needs."""
    error: Any = ConfigError("x")
    with pytest.raises(AttributeError, match="cannot be set again"):
        error.message = "y"
    error.where = "there"
    assert error.with_traceback(None) is error


@pytest.mark.parametrize(
    ("form", "path"),
    [
        ("Nope", ()),
        ({"Nope": "x"}, ()),
        ({"Ipc": "Nope"}, ("Ipc",)),
        ({"Ipc": {"Nope": {}}}, ("Ipc",)),
        ("Ipc", ("Ipc",)),
        ({"Ipc": None}, ("Ipc",)),
        ({"Ipc": {}}, ("Ipc",)),
        ({"Config": "a", "Io": "b"}, ()),
        ({}, ()),
        ([], ()),
        (None, ()),
        ({1: 2}, ()),
        ("Config", ("Config",)),
        ({"Config": 5}, ("Config",)),
        ({"Ipc": "Transport"}, ("Ipc", "Transport")),
        ({"Ipc": {"Transport": "x"}}, ("Ipc", "Transport")),
        ({"Ipc": {"Transport": {}}}, ("Ipc", "Transport", "reason")),
        ({"Ipc": {"Transport": {"reason": None}}}, ("Ipc", "Transport", "reason")),
        ({"Workflow": {"CyclicDependency": {"x": 1}}}, ("Workflow", "CyclicDependency")),
        ({"Workflow": {"CyclicDependency": {}}}, ("Workflow", "CyclicDependency")),
        ({"Extension": {"Crashed": {"id": "x"}}}, ("Extension", "Crashed", "reason")),
        ({"Extension": {"InvalidLifecycleTransition": {"from_": "x", "to": "y"}}}, (*LIFECYCLE, "from")),
        ({"Extension": {"InvalidLifecycleTransition": {"from": 1, "to": "y"}}}, (*LIFECYCLE, "from")),
    ],
)
def test_from_wire_refuses(form: object, path: tuple[str, ...]) -> None:
    """Anything else is refused, and the path says where."""
    with pytest.raises(FieldError) as caught:
        SymphonyError.from_wire(form)
    assert caught.value.path == path


def test_from_wire_is_as_lenient_as_serde() -> None:
    """Unknown fields are ignored, and a unit variant may hold null."""
    assert SymphonyError.from_wire({"Ipc": {"Transport": {"reason": "x", "y": 1}}}) == IpcTransportError("x")
    assert SymphonyError.from_wire({"Workflow": {"CyclicDependency": None}}) == WorkflowCyclicDependencyError()


def test_lookups_stay_in_the_group() -> None:
    """A group finds its own variants only."""
    assert IpcError.from_wire_path(("Ipc", "Transport")) is IpcTransportError
    assert IpcError.from_wire({"Ipc": {"Transport": {"reason": "x"}}}) == IpcTransportError("x")
    with pytest.raises(FieldError):
        ExtensionError.from_wire_path(("Ipc", "Transport"))
    with pytest.raises(FieldError):
        ExtensionError.from_wire({"Ipc": {"Transport": {"reason": "x"}}})
    with pytest.raises(FieldError):
        SymphonyError.from_wire_path(("Ipc",))


@pytest.mark.parametrize("cls", VARIANTS)
def test_json_rpc_round_trip(cls: Any) -> None:
    """An error comes back from JSON-RPC equal, with its notes, and goes out the same."""
    error = make(cls)
    for notes in ([], ["one", "two\nlines"]):
        for note in notes:
            error.add_note(note)
        sent = error.to_json_rpc()
        assert sent.code == cls.json_rpc_code
        assert sent.message == str(error)
        received = JsonRpcError(code=sent.code, message=sent.message, data=json.loads(json.dumps(sent.data)))
        again = SymphonyError.from_json_rpc(received)
        assert type(again) is cls
        assert again == error
        assert getattr(again, "__notes__", []) == notes
        assert again.to_json_rpc() == sent


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["error", "notes", "origin", "code", "Config", "x"]), inner, max_size=3)
    ),
    max_leaves=8,
)
own_codes = st.sampled_from([cls.json_rpc_code for cls in VARIANTS])


@given(st.integers(-(2**31), 2**31 - 1) | own_codes, st.text(max_size=10), json_values)
def test_foreign_json_rpc_is_kept(code: int, message: str, data: Any) -> None:
    """Any error object can be read, goes back unchanged, and survives pickle and a note on the way."""
    foreign = JsonRpcError(code=code, message=message, data=data)
    error = SymphonyError.from_json_rpc(foreign)
    assert error.to_json_rpc() == foreign
    error = pickle.loads(pickle.dumps(error))
    assert error.to_json_rpc() == foreign
    error.add_note("seen by a router")
    sent = error.to_json_rpc()
    assert sent.code == code
    again = SymphonyError.from_json_rpc(sent)
    assert again == error
    assert again.__notes__ == error.__notes__
    assert again.to_json_rpc() == sent


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (-32700, IpcDeserializationFailedError("m")),
        (-32600, IpcInvalidMessageFormatError()),
        (-32002, errors.InitializationError("m")),
        (-32034, errors.IpcRateLimitExceededError()),
        (-32603, InternalError("m")),
        (-32601, OtherError("m")),
        (-32602, OtherError("m")),
        (-32010, OtherError("m")),
        (-32015, OtherError("m")),
        (404, OtherError("m")),
    ],
)
def test_foreign_json_rpc_becomes_the_nearest(code: int, expected: SymphonyError) -> None:
    """A code gives the variant that has it if that can hold the message: as its text, or as a note."""
    foreign = JsonRpcError(code=code, message="m")
    error = SymphonyError.from_json_rpc(foreign)
    assert error == expected
    assert type(error) is type(expected)
    assert getattr(error, "__notes__", []) == ([] if error.fields() else ["m"])
    assert error.to_json_rpc() is foreign


def test_json_rpc_from_a_newer_peer() -> None:
    """A variant that is not known here is kept whole."""
    data = {"code": "ipc.new", "error": {"Ipc": {"New": {"x": 1}}}, "notes": ["n"]}
    foreign = JsonRpcError(code=-32099, message="New: 1", data=data)
    error = SymphonyError.from_json_rpc(foreign)
    assert error == OtherError("New: 1")
    assert error.to_json_rpc() is foreign


@pytest.mark.parametrize("notes", ["text", 5, [1], {"a": "b"}])
def test_json_rpc_with_strange_notes(notes: Any) -> None:
    """Notes that are no list of texts make the object a foreign one, which is kept."""
    foreign = JsonRpcError(code=-32001, message="m", data={"error": {"Config": "x"}, "notes": notes})
    error = SymphonyError.from_json_rpc(foreign)
    assert error == ConfigError("m")
    assert error.to_json_rpc() is foreign


def _raised(function: Callable[..., object], *args: object, **kwargs: object) -> Exception:
    with pytest.raises(ValueError) as caught:
        function(*args, **kwargs)
    return caught.value


def _badly_formed() -> Exception:
    try:
        uuid.UUID("bad")
    except ValueError as error:
        return error
    raise AssertionError


def _bad_id() -> Exception:
    try:
        ExtensionId.parse("bad")
    except ValueError as error:
        return error
    raise AssertionError


def _bad_json() -> Exception:
    try:
        json.loads("{")
    except ValueError as error:
        return error
    raise AssertionError


@pytest.mark.parametrize(
    ("exception", "expected"),
    [
        (OSError("gone"), IoError("gone")),
        (PermissionError(13, "no"), IoError("[Errno 13] no")),
        (FileNotFoundError(), IoError("FileNotFoundError")),
        (TimeoutError("late"), TimedOutError("late")),
        (TimeoutError(), TimedOutError("TimeoutError")),
        (_bad_json(), SerializationError(str(_bad_json()))),
        (_badly_formed(), OtherError("UUID error: badly formed hexadecimal UUID string")),
        (_bad_id(), OtherError(f"UUID error: {_bad_id()}")),
        (_raised(uuid.UUID, bytes=b"1"), OtherError("UUID error: bytes is not a 16-char string")),
        (_raised(uuid.UUID, int=2**128), OtherError("UUID error: int is out of range (need a 128-bit value)")),
        (_raised(ExtensionId.from_bytes, b"1"), OtherError("UUID error: expected 16 bytes, got bytes of length 1")),
        (ValueError("x"), OtherError("x")),
        (RuntimeError(), OtherError("RuntimeError")),
    ],
)
def test_from_exception(exception: Exception, expected: SymphonyError) -> None:
    """Exceptions become what the Rust side makes of them, and are the cause."""
    error = SymphonyError.from_exception(exception)
    assert type(error) is type(expected)
    assert error == expected
    assert error.__cause__ is exception


def test_from_exception_keeps_its_own() -> None:
    """An error of ours is itself, also one that is a TimeoutError."""
    for error in (ConfigError("x"), TimedOutError("x"), IoError("x"), AnnotatedError(place=(), issues=[])):
        assert SymphonyError.from_exception(error) is error
        assert error.__cause__ is None


def test_copies_have_notes_of_their_own() -> None:
    """A note on a copy, shallow or deep, is not on the original."""
    error = ConfigError("x")
    error.add_note("both")
    for duplicate in (copy.copy, copy.deepcopy):
        again = duplicate(error)
        again.add_note("copy only")
        assert again == error
        assert error.__notes__ == ["both"]
        assert again.__notes__ == ["both", "copy only"]


def test_fields_cannot_be_deleted() -> None:
    """An error keeps its text; anything else on it may go."""
    error = ConfigError("x")
    error.extra = 1  # type: ignore[attr-defined]
    del error.extra  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="cannot be deleted"):
        del error.message
    assert str(error) == "Configuration error: x"


def test_subclass_with_data() -> None:
    """A subclass may have a constructor, a builtin base and data; on the wire it is its parent."""
    error = AnnotatedError(place=("a", "b"), issues=[1, 2])
    error.add_note("n")
    assert isinstance(error, ValueError)
    assert str(error) == "Message deserialization failed: 2 issues"
    assert error.code == "ipc.deserialization_failed"
    assert AnnotatedError.__fields__ == ("reason",)
    assert error.to_wire() == {"Ipc": {"DeserializationFailed": {"reason": "2 issues"}}}
    assert SymphonyError.from_wire(error.to_wire()) == IpcDeserializationFailedError("2 issues")
    assert AnnotatedError not in SymphonyError.variants().values()
    assert "issues" not in error.to_json_rpc().data
    for again in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert type(again) is AnnotatedError
        assert (again.place, again.issues, again.reason) == (("a", "b"), [1, 2], "2 issues")
        assert again.__notes__ == ["n"]
        assert again == error


def test_issues_travel() -> None:
    """The issues of a subclass are in its JSON-RPC data, and are passed on by whoever receives them."""
    error = IssuesError(
        (Issue(("a", 0), "wrong_type", "a string", "5"), Issue((), "syntax", message="odd"), "no issue")
    )
    sent = error.to_json_rpc()
    assert sent.data["issues"] == [
        {"path": ["a", 0], "code": "wrong_type", "message": "expected a string, got 5"},
        {"path": [], "code": "syntax", "message": "odd"},
    ]
    received = SymphonyError.from_json_rpc(sent)
    assert type(received) is IpcDeserializationFailedError
    assert received.reason == error.reason
    assert received.to_json_rpc() == sent
    assert len(IssuesError((Issue((), "syntax"),) * 1000).to_json_rpc().data["issues"]) == 100


def test_bad_declarations_are_refused() -> None:
    """A class that could not be made or told apart is refused when it is defined."""
    with pytest.raises(TypeError, match="needs an __init__"):

        class ExtraError(IpcTransportError):  # pyright: ignore[reportUnusedClass]
            more: str

    with pytest.raises(TypeError, match="wire path of its own"):

        class AgainError(IpcError, variant="Transport", json_rpc_code=-32099):  # pyright: ignore[reportUnusedClass]
            pass

    with pytest.raises(TypeError, match="needs a json_rpc_code"):

        class CodelessError(IpcError, variant="Codeless"):  # pyright: ignore[reportUnusedClass]
            pass

    with pytest.raises(TypeError, match="fields must be str: size"):

        class SizedError(IpcError, variant="Sized", json_rpc_code=-32099):  # pyright: ignore[reportUnusedClass]
            size: int

    for kw_only, kinds in ((False, {"a": str, "b": str}), (True, {"a": str}), (True, {})):
        namespace = {"__annotations__": kinds, "__module__": __name__}
        with pytest.raises(TypeError, match="kw_only=True for several fields"):
            type("PairError", (untyped.IpcError,), namespace, variant="Pair", json_rpc_code=-32099, kw_only=kw_only)

    assert len(SymphonyError.variants()) == len(VARIANTS)


def test_field_errors_are_precise() -> None:
    """A wrong value names its field."""
    wrong: Any = 5
    with pytest.raises(FieldTypeError) as caught:
        WorkflowInvalidDefinitionError(wrong)
    assert caught.value.path == ("reason",)
