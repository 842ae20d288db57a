"""``symphony schema``: schemas on standard output, and errors of one line with the next step."""

from __future__ import annotations

import json

from collections.abc import Callable
from typing import Any

import attrs
import pytest

from symphony_codecs import Codec, get_codec
from symphony_codecs.__main__ import main
from symphony_codecs.schema.export import Fragment


@attrs.frozen
class Money:
    """A class whose hooks nobody can look into."""

    cents: int


@attrs.frozen
class Bill:
    """A class that holds another with hooks."""

    total: Money
    note: bytes = b""


def _with_hooks() -> Codec:
    codec = get_codec("json").copy()
    codec.converter.register_structure_hook(Money, lambda value, _: Money(int(value)))
    codec.converter.register_unstructure_hook(Money, lambda money: str(money.cents))
    return codec


CODEC = _with_hooks()
FORMS: dict[Any, Any] = {Money: Fragment(json_schema={"type": "string", "pattern": "^[0-9]+$"})}
NO_FORMS = 3

HERE = __name__
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(name="run")
def _run(capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*arguments: str) -> tuple[int, str, str]:
        code = main(["schema", *arguments])
        out, err = capsys.readouterr()
        return code, out, err

    return run


def test_a_schema_goes_to_standard_output(run: Run) -> None:
    code, out, err = run("MessageEnvelope[Version]", "--to", "json-schema")
    assert (code, err) == (0, "")
    assert json.loads(out)["$ref"] == "#/$defs/MessageEnvelopeVersion"


@pytest.mark.parametrize(
    ("form", "schema"),
    [
        (f"{HERE}:Money=str", {"type": "string"}),
        (f"{HERE}:Money=list[int]", {"type": "array", "items": {"type": "integer"}}),
        (f"{HERE}:FORMS", {"type": "string", "pattern": "^[0-9]+$"}),
    ],
)
def test_the_user_says_what_a_type_with_hooks_looks_like(run: Run, form: str, schema: dict[str, Any]) -> None:
    code, out, err = run(f"{HERE}:Bill", "--codec", f"{HERE}:CODEC", "--form", form, "--direction", "write")
    assert (code, err) == (0, "")
    assert json.loads(out)["$defs"]["Bill"]["properties"]["total"] == schema


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["Nope"], 2, "unknown type 'Nope': did you mean NodeId?"),
        (["Version", "--to", "xsd"], 2, "expected one of json-schema"),
        (["Version", "--codec", "nope"], 2, "got 'nope'"),
        (["Version", "--codec", "nope:x"], 2, "cannot import nope"),
        (["Version", "--form", "int"], 2, "expected --form package.module:Class=TYPE or package.module:NAME"),
        (["Version", "--form", f"{HERE}:NO_FORMS"], 2, "which is a int"),
        (["Version", "--form", f"{HERE}:MISSING"], 2, "'MISSING', which is not there"),
        (["Version", "--form", "Nope=int"], 2, "unknown type 'Nope'"),
        ([f"{HERE}:Bill", "--codec", f"{HERE}:CODEC"], 1, "Bill.total has no form in json-schema: only a hook knows"),
        ([f"{HERE}:Bill", "--codec", "cbor"], 1, "Bill.note has no form in json-schema: cbor has bytes"),
        (["MessageEnvelope"], 2, "MessageEnvelope is generic: say of what, such as MessageEnvelope[int]"),
        (["dict[list[int], int]"], 1, "cannot be hashed"),
    ],
    ids=str,
)
def test_errors_are_one_line(run: Run, arguments: list[str], code: int, said: str) -> None:
    found, out, err = run(*arguments)
    assert (found, out) == (code, "")
    assert said in err
    assert err.count("\n") == 1
