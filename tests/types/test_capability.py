"""Capabilities, their names in manifests, and tokens over time."""

from __future__ import annotations

import pickle
import random

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types import (
    Capability,
    CapabilityId,
    CapabilityToken,
    Duration,
    FieldError,
    FieldTypeError,
    Timestamp,
)


C = Capability
NAMES = [
    "FileRead",
    "FileWrite",
    "FileExecute",
    "NetworkAccess",
    "NetworkBind",
    "ProcessSpawn",
    "ProcessKill",
    "ExtensionLoad",
    "ExtensionUnload",
    "WorkflowExecute",
    "WorkflowModify",
    "ArtifactRead",
    "ArtifactWrite",
    "SystemConfig",
    "SystemShutdown",
]
THEN = Timestamp.parse("2024-01-15T10:30:00Z")
NANO = Duration.from_nanos(1)


def token(**changes: object) -> CapabilityToken:
    """Make a token that is right but for *changes*."""
    fields = {"id": CapabilityId.new(), "capabilities": [C.FILE_READ], "granted_at": THEN}
    return CapabilityToken(**{**fields, **changes})


def test_all_variants_in_declaration_order():
    """The fifteen rights are there, in serde's order and spelling."""
    assert [capability.variant for capability in C.members()] == NAMES
    assert [C.from_variant(NAMES[0]), C.from_variant(NAMES[-1])] == [C.FILE_READ, C.SYSTEM_SHUTDOWN]


def test_sorting_is_by_declaration_then_code_point():
    """Shuffled rights sort back, custom ones last."""
    expected = [*C.members(), C.custom("a"), C.custom("b"), C.custom("\uffff"), C.custom("\U00010000")]
    shuffled = random.Random(1).sample(expected, len(expected))

    assert sorted(shuffled) == expected


def test_a_custom_right_is_never_a_built_in_one():
    """The same text in two variants is two rights."""
    assert C.custom("FileRead") != C.FILE_READ
    assert len({C.custom("FileRead"), C.FILE_READ, C.custom("FileRead")}) == 2
    with pytest.raises(FieldTypeError):
        C.custom(None)


def test_unit_variants_are_singletons_after_pickling():
    """Identity survives a pickle."""
    assert pickle.loads(pickle.dumps(C.PROCESS_KILL)) is C.PROCESS_KILL
    assert pickle.loads(pickle.dumps(C.custom("x"))) == C.custom("x")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("FileRead", C.FILE_READ),
        ("fs.read", C.FILE_READ),
        ("fs:read", C.FILE_READ),
        ("file.read", C.FILE_READ),
        ("fs.write", C.FILE_WRITE),
        ("fs:write", C.FILE_WRITE),
        ("fs.execute", C.FILE_EXECUTE),
        ("NetworkAccess", C.NETWORK_ACCESS),
        ("SystemExec", C.PROCESS_SPAWN),
        ("process:spawn", C.PROCESS_SPAWN),
        ("workflow.modify", C.WORKFLOW_MODIFY),
        ("fs:watch", C.custom("fs.watch")),
        ("ui:panels", C.custom("ui.panels")),
        ("clipboard.read", C.custom("clipboard.read")),
        ("component.extensionApi", C.custom("component.extensionApi")),
        ("fileread", C.custom("fileread")),
        ("Custom", C.custom("Custom")),
    ],
)
def test_permission_names(text, expected):
    """Names of manifests become rights; unknown ones are custom, with dots."""
    assert C.parse(text) == expected


@pytest.mark.parametrize("name", NAMES)
def test_every_variant_parses_from_its_name(name):
    """The name on the wire is always taken."""
    assert C.parse(name) is C.from_variant(name)


@pytest.mark.parametrize("text", ["", None, 3])
def test_parse_refuses_what_is_no_name(text):
    """Empty text and other types are refused."""
    with pytest.raises(FieldError):
        C.parse(text)


@given(st.text(min_size=1))
def test_parse_takes_any_other_text(text):
    """Parsing is total on non-empty text, and never leaves a colon."""
    assert ":" not in (C.parse(text).value or "")


def test_token_copies_its_capabilities():
    """Any iterable will do, repetitions fall together, later changes do not show."""
    granted = [C.FILE_READ, C.FILE_READ, C.custom("x")]
    made = token(capabilities=granted)
    granted.clear()

    assert made.capabilities == frozenset({C.FILE_READ, C.custom("x")})
    assert made == pickle.loads(pickle.dumps(made))
    assert hash(made) == hash(pickle.loads(pickle.dumps(made)))


def test_equal_tokens_look_equal():
    """The ``repr`` lists capabilities in order, whatever order a set has in this process."""
    rights = [Capability.custom("b"), Capability.custom("a"), *reversed(list(Capability.members()))]
    token = CapabilityToken(id=CapabilityId.new(), capabilities=rights, granted_at=Timestamp(0))
    assert ", ".join(map(repr, sorted(rights))) in repr(token)
    assert eval(repr(token)) == token
    assert "capabilities=frozenset()" in repr(attrs.evolve(token, capabilities=()))


def test_expiry_is_strict():
    """At the very instant the token is valid, a nanosecond later it is not."""
    made = token(expires_at=THEN)

    assert made.is_valid(THEN)
    assert not made.is_expired(THEN)
    assert made.is_expired(THEN + NANO)
    assert not made.is_valid(THEN + NANO)
    assert made.is_expired()


def test_a_token_without_end_never_expires():
    """No expiry is forever."""
    assert token().is_valid(Timestamp.parse("9999-12-31T23:59:59Z"))
    assert token().is_valid()


def test_has_capability_ignores_expiry():
    """What a token grants and whether it still does are two questions."""
    made = token(expires_at=THEN)

    assert made.has_capability(C.FILE_READ)
    assert not made.has_capability(C.FILE_WRITE)


def test_issue():
    """An issued token has an id of its own and lives for the lifetime."""
    made = CapabilityToken.issue({C.FILE_READ}, Duration(60, 0), now=THEN)

    assert (made.granted_at, made.expires_at) == (THEN, THEN + Duration(60, 0))
    assert made.id != CapabilityToken.issue({C.FILE_READ}, Duration(60, 0), now=THEN).id
    assert CapabilityToken.issue([]).expires_at is None


@pytest.mark.parametrize(
    "changes",
    [
        {"capabilities": "FileRead"},
        {"capabilities": None},
        {"capabilities": ["FileRead"]},
        {"capabilities": [[]]},
        {"id": "x"},
        {"granted_at": None},
        {"expires_at": 3},
    ],
)
def test_bad_tokens_are_refused_by_field(changes):
    """Each field says what is wrong with it."""
    with pytest.raises(FieldTypeError) as caught:
        token(**changes)
    assert caught.value.path[0] == next(iter(changes))
