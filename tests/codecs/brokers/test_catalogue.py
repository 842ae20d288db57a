"""Catalogues: which there can be, which name a value goes by, and what its document is."""

from __future__ import annotations

import pickle

from typing import Any

import attrs
import pytest

from symphony_codecs import EncodeError, UnknownCodecError, get_codec
from symphony_codecs.brokers import Catalogue, UnknownTypeError
from symphony_types import (
    Err,
    JsonRpcRequest,
    JsonRpcResponse,
    MessageEnvelope,
    Ok,
    SymphonyError,
    TimedOutError,
    Version,
    Workflow,
    WorkflowError,
)
from tests.codecs.brokers.messages import CODECS, ENVELOPE, TYPES, VALUES, catalogue


@attrs.frozen
class _Anything:
    callback: type(print)


@pytest.mark.parametrize(
    ("types", "options", "text"),
    [
        ({}, {}, "expected at least one type, got none"),
        ({"a": Version}, {"codecs": ()}, "expected at least one codec, got none"),
        ({"a": Version}, {"codecs": ("json", "application/json")}, "expected each codec once, got json, json"),
        ({"a b": Version}, {}, "expected a name of 1 to 64 token characters (RFC 9110), got str 'a b'"),
        ({"": Version}, {}, "expected a name of 1 to 64 token characters (RFC 9110), got str ''"),
        ({"é": Version}, {}, "expected a name of 1 to 64 token characters (RFC 9110), got str 'é'"),
        ({"a" * 65: Version}, {}, "expected a name of 1 to 64 token characters"),
        ({"a": Version}, {"name": "a;b"}, "expected a name of 1 to 64 token characters"),
        ({"uuid": Version}, {}, "got 'uuid'"),
        ({"Map": Version}, {}, "got 'Map'"),
        ({"order": Version, "Order": Workflow}, {}, "got 'Order'"),
        ({"symphony": Version}, {}, "got 'symphony'"),
        ({"other": Version}, {"name": "other"}, "got 'other'"),
        ({"a": Version, "b": Version}, {}, "expected one name for each type, got 'a' and 'b'"),
        ({"a": _Anything}, {}, "expected types that json writes and reads, got 'a': _Anything.callback: "),
        ({"a": "Nowhere"}, {"codecs": "cbor"}, "expected types that cbor writes and reads, got 'a': "),
    ],
)
def test_what_is_no_catalogue_is_refused(types: dict[str, Any], options: dict[str, Any], text: str) -> None:
    """Names that no content type can carry, or that are taken, and types that do not go both ways."""
    with pytest.raises(ValueError, match="expected") as caught:
        Catalogue(types, **options)
    assert text in str(caught.value)


def test_names_are_texts() -> None:
    """Another key is a fault of the program."""
    with pytest.raises(TypeError, match="expected str for a type's name, got 3"):
        Catalogue({3: Version})


def test_codecs_are_found_by_whatever_finds_them_elsewhere() -> None:
    """One alone need not be in a sequence; the first is the one that writes."""
    own = get_codec("json").with_options(strict=True)

    assert list(Catalogue(TYPES).codecs) == ["json"]
    assert list(Catalogue(TYPES, codecs="application/cbor").codecs) == ["cbor"]
    assert Catalogue(TYPES, codecs=own).codec() is own
    assert catalogue("cbor", "json").codec() is get_codec("cbor")
    assert catalogue("cbor", "json").codec("json") is get_codec("json")
    assert catalogue("cbor", "json").codec("application/json") is get_codec("json")


@pytest.mark.parametrize("key", ["cbor", 3, get_codec("json").copy()], ids=repr)
def test_other_codecs_are_refused(key: Any) -> None:
    """A message in a format that the catalogue does not read would not be read by its peers either."""
    with pytest.raises(ValueError, match="expected a codec of json, got"):
        Catalogue(TYPES).encode(ENVELOPE, key)


def test_unknown_codecs_are_refused() -> None:
    """As everywhere."""
    with pytest.raises(UnknownCodecError):
        Catalogue(TYPES, codecs="xml")
    with pytest.raises(UnknownCodecError):
        Catalogue(TYPES).encode(ENVELOPE, "xml")


@pytest.mark.parametrize("name", VALUES)
def test_values_go_by_the_name_of_their_type(name: str) -> None:
    """Two types of one generic class are told apart by what takes the value."""
    assert catalogue().name_of(VALUES[name]) == name


@pytest.mark.parametrize(
    ("types", "value", "name"),
    [
        ({"message": MessageEnvelope[JsonRpcRequest | JsonRpcResponse]}, ENVELOPE, "message"),
        ({"rpc": JsonRpcRequest | JsonRpcResponse}, ENVELOPE.payload, "rpc"),
        ({"outcome": Ok[Version] | Err[SymphonyError]}, Err(TimedOutError("x")), "outcome"),
        ({"workflow-error": WorkflowError, "error": SymphonyError}, TimedOutError("x"), "error"),
        ({"versions": list[Version]}, [Version(1, 2, 3)], "versions"),
        ({"any": MessageEnvelope[Any], "request": MessageEnvelope[JsonRpcRequest]}, ENVELOPE, "any"),
    ],
)
def test_unions_bases_and_builtins_have_names(types: dict[str, Any], value: Any, name: str) -> None:
    """The first type that takes the value names it."""
    assert Catalogue(types).name_of(value) == name


class _Own(JsonRpcRequest):
    pass


@pytest.mark.parametrize(
    "value", [None, 1, [], object(), Version(1, 2, 3), ENVELOPE.with_payload(1)], ids=lambda value: type(value).__name__
)
def test_values_of_no_type_are_refused(value: Any) -> None:
    """The error says which there are."""
    with pytest.raises(UnknownTypeError, match=r"expected a value of request, response, workflow, error, acme.order, "):
        catalogue().name_of(value)
    with pytest.raises(UnknownTypeError):
        catalogue().encode(value)


def test_subclasses_are_not_written_as_their_bases() -> None:
    """What the subclass adds would be lost."""
    types = Catalogue({"request": JsonRpcRequest})

    with pytest.raises(EncodeError, match="expected exactly JsonRpcRequest, got its subclass _Own"):
        types.encode(_Own(method="a", id=1))


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("name", VALUES)
def test_documents_are_those_of_the_codec(name: str, codec: str) -> None:
    """A reader needs no catalogue."""
    data = catalogue().encode(VALUES[name], codec)

    assert data == get_codec(codec).encode(VALUES[name], TYPES[name])
    assert catalogue().encode(VALUES[name], codec, name=name) == data


def test_a_name_that_is_given_is_held_to() -> None:
    """The value has to be of its type."""
    with pytest.raises(EncodeError, match="expected a Workflow, got"):
        catalogue().encode(ENVELOPE, name="workflow")
    with pytest.raises(UnknownTypeError, match=r"expected a type of request, .*, got str 'nope'"):
        catalogue().encode(ENVELOPE, name="nope")


def test_catalogues_are_values() -> None:
    """They are equal, hash and pickle by their parts, and cannot be changed through what they were made of."""
    types = dict(TYPES)
    one = Catalogue(types, codecs=CODECS)
    types.clear()

    assert one == catalogue()
    assert hash(one) == hash(catalogue())
    assert one != catalogue("json")
    assert one != catalogue(name="other")
    assert one != 1
    assert pickle.loads(pickle.dumps(Catalogue({"version": Version}))).types == {"version": Version}
    assert repr(one).startswith("<Catalogue symphony of request, ")
    with pytest.raises(TypeError):
        one.types["version"] = Version
