"""What a registry knows of an installed extension."""

from __future__ import annotations

import copy
import pickle

import pytest

from symphony_types import (
    Duration,
    ExtensionId,
    ExtensionLifecycle,
    ExtensionMetadata,
    ExtensionSource,
    ExtensionType,
    FieldError,
    FieldTypeError,
    MaintenanceStatus,
    ProcessId,
    Stability,
    Timestamp,
    TrustLevel,
    Version,
)


THEN = Timestamp.parse("2024-01-15T10:30:00Z")


def metadata(**changes: object) -> ExtensionMetadata:
    """Make an entry that is right but for *changes*."""
    fields = {
        "id": ExtensionId.parse("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        "name": "code-review",
        "version": Version(1, 2, 3),
        "extension_type": ExtensionType.INSTRUMENT,
        "installed_at": THEN,
    }
    return ExtensionMetadata(**{**fields, **changes})


def test_defaults():
    """A fresh entry is installed, enabled, by the user, and not much trusted."""
    made = metadata()

    assert (made.state, made.source, made.enabled) == (ExtensionLifecycle.INSTALLED, ExtensionSource.USER, True)
    assert (made.trust_level, made.stability) == (TrustLevel.COMMUNITY, Stability.EXPERIMENTAL)
    assert made.maintenance_status is MaintenanceStatus.ACTIVE
    assert (made.install_path, made.process_id, made.config, made.custom) == (None, None, {}, {})
    assert made.updated_at == made.created_at == THEN


def test_maps_are_copied():
    """Later changes of what was given do not show."""
    config = {"model": "large"}
    made = metadata(config=config, custom=config)
    config.clear()

    assert made.config == made.custom == {"model": "large"}


def test_settings_do_not_show():
    """Settings may hold secrets, so the repr counts them only."""
    assert "s3cret" not in repr(metadata(config={"token": "s3cret"}))


def test_it_is_a_value_without_a_hash():
    """It compares, copies and pickles; holding maps it does not hash."""
    made = metadata(config={"a": [1]}, source=ExtensionSource.external("mirror"))

    assert made == copy.deepcopy(made) == pickle.loads(pickle.dumps(made))
    with pytest.raises(TypeError):
        hash(made)


def test_time_does_not_run_backwards():
    """An entry cannot change before it is there; at the same instant it can."""
    assert metadata(updated_at=THEN).updated_at == THEN
    with pytest.raises(FieldError) as caught:
        metadata(updated_at=THEN - Duration.from_nanos(1))
    assert caught.value.path == ("updated_at",)


def test_a_process_needs_more_than_an_installation():
    """What is only installed runs nowhere."""
    process = ProcessId.new()

    for state in ExtensionLifecycle:
        if state is ExtensionLifecycle.INSTALLED:
            with pytest.raises(FieldError) as caught:
                metadata(process_id=process)
            assert caught.value.path == ("process_id",)
        else:
            assert metadata(process_id=process, state=state).process_id == process


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "67e55044-10b1-426f-9247-bb680e5fe0c8"),
        ("name", ""),
        ("name", None),
        ("version", "1.2.3"),
        ("extension_type", "Instrument"),
        ("state", "Installed"),
        ("source", "User"),
        ("install_path", ""),
        ("enabled", 1),
        ("config", [("a", 1)]),
        ("config", {1: 2}),
        ("installed_at", None),
        ("process_id", ExtensionId.new()),
        ("trust_level", "Community"),
        ("stability", 1),
        ("maintenance_status", None),
        ("custom", None),
    ],
)
def test_bad_fields_are_refused(field, value):
    """Each field says what is wrong with it, and nothing converts on the quiet."""
    with pytest.raises(FieldError) as caught:
        metadata(**{field: value})
    assert caught.value.path[0] == field


@pytest.mark.parametrize(
    ("enum", "names"),
    [
        (TrustLevel, ["Infrastructure", "Trusted", "Community", "Untrusted"]),
        (Stability, ["Experimental", "Alpha", "Beta", "Stable", "Mature"]),
        (MaintenanceStatus, ["Active", "Maintenance", "Deprecated"]),
    ],
)
def test_names_on_the_wire(enum, names):
    """The values are variant names, in declaration order."""
    assert [member.value for member in enum] == names


def test_sources():
    """Three places are known by name, any other is named."""
    assert [source.variant for source in ExtensionSource.members()] == ["Builtin", "User", "Workspace"]
    assert ExtensionSource.external("mirror").value == "mirror"
    with pytest.raises(FieldError):
        ExtensionSource.external("")
    with pytest.raises(FieldTypeError):
        ExtensionSource.external(None)
