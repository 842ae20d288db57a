"""``symphony explain``, and the texts that show schemas."""

import json
import re

from typing import Annotated, Any

import attrs
import cattrs
import pytest

from typing_extensions import TypedDict

from symphony_codecs import FieldOptions, get_codec
from symphony_codecs.__main__ import main
from symphony_codecs.schema import build_schema, fingerprint, nodes
from symphony_codecs.schema.describe import describe, outline
from symphony_types import UNSET, MessageEnvelope, Unset, Workflow


@attrs.define
class Tree:
    name: str
    children: "list[Tree]"


def _run(capsys: Any, *words: str) -> tuple[int, str, str]:
    code = main(["explain", *words])
    out, err = capsys.readouterr()
    return code, out, err


def test_it_shows_the_fields_of_a_class(capsys: Any) -> None:
    code, out, err = _run(capsys, "MessageEnvelope[JsonRpcRequest]")

    assert (code, err) == (0, "")
    assert "sender: uuid" in out
    assert "default NORMAL" in out or "MessagePriority.NORMAL" in out
    assert "0x" not in out


def test_it_shows_the_way_back(capsys: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    code, out, _ = _run(capsys, "JsonRpcRequest", "--write", "--format", "cbor")

    assert code == 0
    assert "to cbor" in out
    assert "params: anything" in out
    assert "left out if None" in out


def test_it_writes_json_for_programs(capsys: Any) -> None:
    code, out, _ = _run(capsys, "Version", "--json", "-f", "msgpack")
    schema = json.loads(out)

    assert code == 0
    assert schema["direction"] == "structure"
    assert [field["key"] for field in schema["root"]["fields"]] == ["major", "minor", "patch"]


@pytest.mark.parametrize("name", ["json", "msgpack", "msgpack-compact", "cbor"])
def test_it_writes_a_fingerprint_for_rust(capsys: Any, name: str) -> None:
    """The same 16 bytes are hex for people and other languages, an array for Rust, and JSON for programs."""
    mark = fingerprint(MessageEnvelope[Workflow], get_codec(name))
    assert mark is not None
    code, out, err = _run(capsys, "MessageEnvelope[Workflow]", "-f", name, "--fingerprint")
    assert (code, err) == (0, "")
    first, nothing, comment, constant = out.splitlines()
    assert (bytes.fromhex(first), nothing) == (mark, "")
    assert comment == f"// MessageEnvelope[Workflow] in {name}"
    array = re.fullmatch(r"pub const FINGERPRINT: \[u8; 16\] = \[((?:0x[0-9a-f]{2}(?:, )?){16})\];", constant)
    assert array is not None
    assert bytes(int(number, 16) for number in array[1].split(", ")) == mark
    code, out, err = _run(capsys, "MessageEnvelope[Workflow]", "-f", name, "--fingerprint", "--json")
    assert (code, err) == (0, "")
    assert json.loads(out) == {"type": "MessageEnvelope[Workflow]", "format": name, "fingerprint": mark.hex()}


@attrs.define
class Hooked:
    number: Annotated[int, cattrs.override(unstruct_hook=str)]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("tests.codecs.test_explain:Hooked", "has no fingerprint in json: a hook without a version writes or reads it"),
        ("builtins:complex", "unsupported type complex"),
    ],
)
def test_it_says_why_there_is_no_fingerprint(capsys: Any, words: str, said: str) -> None:
    code, out, err = _run(capsys, words, "--fingerprint")
    assert (code, out) == (1, "")
    assert said in err


@pytest.mark.parametrize(
    ("words", "code"), [(("Nonsense",), 2), (("Version", "--format", "morse"), 2), (("builtins:complex",), 1)]
)
def test_it_says_what_it_cannot_explain(capsys: Any, words: tuple[str, ...], code: int) -> None:
    got, out, err = _run(capsys, *words)

    assert (got, out) == (code, "")
    assert err.startswith("symphony: ")


def test_a_type_that_holds_itself_is_shown_once() -> None:
    schema = build_schema(Tree, get_codec("json").converter, "structure")

    (_, children) = outline(schema).below
    (again,) = children.below

    assert (again.kind, again.detail) == ("reference", "Tree again")
    assert describe(schema)["table"]["Tree"]["node"] == "struct"


@pytest.mark.parametrize("direction", ["structure", "unstructure"])
@pytest.mark.parametrize("tp", [MessageEnvelope[Any], Workflow, Tree])
def test_a_description_is_json_and_the_same_in_every_process(tp: Any, direction: Any) -> None:
    text = json.dumps(describe(build_schema(tp, get_codec("msgpack").converter, direction)))

    assert " at 0x" not in text


def test_every_node_has_a_word_of_its_own() -> None:
    words = [node.__name__.lower() for node in nodes.Node.__subclasses__() if not node.__name__.startswith("_")]

    assert len(set(words)) == len(words)


@attrs.define
class Odd:
    number: int
    text: str | Unset = UNSET
    state: int = attrs.field(init=False, default=0)


class Load(TypedDict, extra_items=float):
    """A type for other keys."""

    host: str


@pytest.mark.parametrize("direction", ["structure", "unstructure"])
def test_it_shows_what_other_keys_hold(direction: Any) -> None:
    schema = build_schema(Load, get_codec("json").converter, direction)
    assert [(line.label, line.kind) for line in outline(schema).below] == [("host", "text"), ("*", "float")]


def test_it_says_what_is_special_about_fields() -> None:
    fields = {"number": FieldOptions(rename=1, aliases=("n", "no"))}
    codec = get_codec("cbor").with_class(Odd, fields=fields)
    reading, writing = (outline(build_schema(Odd, codec.converter, way)) for way in ("structure", "unstructure"))
    assert [line.label for line in reading.below] == ["1", "text", "state"]
    assert "also called n, no" in reading.below[0].detail
    assert "default UNSET" in reading.below[1].detail
    assert "set after construction" in reading.below[2].detail
    assert "left out if UNSET" in writing.below[1].detail
