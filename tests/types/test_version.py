"""Tests of `symphony_types.version`."""

from __future__ import annotations

import contextlib
import copy
import pickle

from typing import Any

import attrs
import pytest

from hypothesis import given
from hypothesis import strategies as st

from symphony_types.checks import FieldError, FieldTypeError
from symphony_types.version import Version, VersionRange, VersionRequirement


MAX = 2**32 - 1
numbers = st.integers(0, MAX) | st.sampled_from([0, 1, MAX - 1, MAX])
versions = st.builds(Version, numbers, numbers, numbers)
requirements = (
    st.builds(VersionRequirement.exact, versions)
    | st.builds(VersionRequirement.greater_or_equal, versions)
    | st.builds(VersionRequirement.compatible, versions)
    | st.builds(lambda a, b: VersionRequirement.range(min(a, b), max(a, b)), versions, versions)
)


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("1.2.3", Version(1, 2, 3)),
        ("01.2.3", Version(1, 2, 3)),
        ("+1.2.3", Version(1, 2, 3)),
        ("1.+02.3", Version(1, 2, 3)),
        ("4294967295.0.0", Version(MAX, 0, 0)),
        ("0" * 5000 + "1.0.0", Version(1, 0, 0)),
    ],
)
def test_parse_takes_what_rust_takes(text: str, version: Version) -> None:
    """Each part is read as Rust reads a u32."""
    assert Version.parse(text) == version


@pytest.mark.parametrize(
    "text",
    [
        "-1.2.3",
        " 1.2.3",
        "1.2.3 ",
        "1.2",
        "1.2.3.4",
        "1.2.3-rc1",
        "1..3",
        "4294967296.0.0",
        "1_0.2.3",
        "\u0661.2.3",
        "",
        "+.1.2",
        "++1.1.1",
        "1.2.3\n",
        "9" * 5000 + ".0.0",
        "." * 100_000,
    ],
)
def test_parse_refuses_what_rust_refuses(text: str) -> None:
    """Anything else is refused, with a short error."""
    with pytest.raises(FieldError) as caught:
        Version.parse(text)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("value", [1, None, b"1.2.3", (1, 2, 3)])
def test_parse_takes_text_only(value: Any) -> None:
    """`parse` refuses what is not text."""
    for parse in (Version.parse, VersionRequirement.parse):
        with pytest.raises(FieldTypeError):
            parse(value)


@pytest.mark.parametrize(("index", "name"), [(0, "major"), (1, "minor"), (2, "patch")])
def test_version_range_of_parts(index: int, name: str) -> None:
    """Each part is an integer of 32 bits, and no bool."""
    for bad, kind in ((-1, FieldError), (2**32, FieldError), (True, FieldTypeError), ("1", FieldTypeError)):
        parts: list[Any] = [0, 0, 0]
        parts[index] = bad
        with pytest.raises(kind) as caught:
            Version(*parts)
        assert caught.value.path == (name,)


@given(versions)
def test_version_text_round_trip(version: Version) -> None:
    """The text reads back, and so does the repr."""
    assert Version.parse(str(version)) == version
    assert eval(repr(version), {"Version": Version}) == version
    assert pickle.loads(pickle.dumps(version)) == copy.deepcopy(version) == version


@given(versions, versions)
def test_version_order(a: Version, b: Version) -> None:
    """Versions sort by major, then minor, then patch."""
    assert (a < b) == (attrs.astuple(a) < attrs.astuple(b))


@pytest.mark.parametrize(
    ("left", "right", "answer"),
    [("1.2.0", "1.1.9", True), ("1.0.0", "1.1.0", False), ("2.0.0", "1.0.0", False), ("0.2.0", "0.1.0", True)],
)
def test_is_compatible_with(left: str, right: str, answer: bool) -> None:
    """The same major and not older; 0 is no exception."""
    assert Version.parse(left).is_compatible_with(Version.parse(right)) is answer


def test_bump() -> None:
    """A bump gives a new version with the lower parts at zero, or raises at the end of the range."""
    version = Version(1, 2, 3)
    assert version.bump_major() == Version(2, 0, 0)
    assert version.bump_minor() == Version(1, 3, 0)
    assert version.bump_patch() == Version(1, 2, 4)
    assert version == Version(1, 2, 3)
    last = Version(MAX, MAX, MAX)
    for bump in (last.bump_major, last.bump_minor, last.bump_patch):
        with pytest.raises(FieldError):
            bump()


def _range(low: str, high: str) -> VersionRequirement:
    return VersionRequirement.range(Version.parse(low), Version.parse(high))


EXACT, FROM, LIKE = VersionRequirement.exact, VersionRequirement.greater_or_equal, VersionRequirement.compatible


@pytest.mark.parametrize(
    ("text", "requirement", "shown"),
    [
        ("=1.2.3", EXACT(Version(1, 2, 3)), "=1.2.3"),
        (" = 1.2.3 ", EXACT(Version(1, 2, 3)), "=1.2.3"),
        (">=1.2.3", FROM(Version(1, 2, 3)), ">=1.2.3"),
        (">=1.2", FROM(Version(1, 2, 0)), ">=1.2.0"),
        ("^1.2.3", LIKE(Version(1, 2, 3)), "^1.2.3"),
        ("1.2.3", LIKE(Version(1, 2, 3)), "^1.2.3"),
        ("^0.2.3", LIKE(Version(0, 2, 3)), "^0.2.3"),
        ("^1.2", LIKE(Version(1, 2, 0)), "^1.2.0"),
        ("1", LIKE(Version(1, 0, 0)), "^1.0.0"),
        ("1.*", LIKE(Version(1, 0, 0)), "^1.0.0"),
        ("*", FROM(Version(0, 0, 0)), "*"),
        ("*.*.*", FROM(Version(0, 0, 0)), "*"),
        (">=*", FROM(Version(0, 0, 0)), "*"),
        ("~1.2.3", _range("1.2.3", f"1.2.{MAX}"), ">=1.2.3, <1.3.0"),
        ("~1.2", _range("1.2.0", f"1.2.{MAX}"), ">=1.2.0, <1.3.0"),
        ("~1", _range("1.0.0", f"1.{MAX}.{MAX}"), ">=1.0.0, <2.0.0"),
        ("1.2.*", _range("1.2.0", f"1.2.{MAX}"), ">=1.2.0, <1.3.0"),
        ("=1.2", _range("1.2.0", f"1.2.{MAX}"), ">=1.2.0, <1.3.0"),
        ("=1", _range("1.0.0", f"1.{MAX}.{MAX}"), ">=1.0.0, <2.0.0"),
        (">1.2.3", FROM(Version(1, 2, 4)), ">=1.2.4"),
        (">1.2", FROM(Version(1, 3, 0)), ">=1.3.0"),
        ("<1.5.0", _range("0.0.0", f"1.4.{MAX}"), ">=0.0.0, <1.5.0"),
        ("<1.5", _range("0.0.0", f"1.4.{MAX}"), ">=0.0.0, <1.5.0"),
        ("<1.5.1", _range("0.0.0", "1.5.0"), ">=0.0.0, <=1.5.0"),
        ("<=1.5", _range("0.0.0", f"1.5.{MAX}"), ">=0.0.0, <1.6.0"),
        (">=1.0.0, <2.0.0", _range("1.0.0", f"1.{MAX}.{MAX}"), ">=1.0.0, <2.0.0"),
        (">=1.0.0,<=2.0.0", _range("1.0.0", "2.0.0"), ">=1.0.0, <=2.0.0"),
        (">=1, ^1.2, <1.9, >1.3.0", _range("1.3.1", f"1.8.{MAX}"), ">=1.3.1, <1.9.0"),
        (">=1, >=2", FROM(Version(2, 0, 0)), ">=2.0.0"),
        ("=1.2.3, *", _range("1.2.3", "1.2.3"), ">=1.2.3, <=1.2.3"),
        (f"<={MAX}", _range("0.0.0", f"{MAX}.{MAX}.{MAX}"), f">=0.0.0, <={MAX}.{MAX}.{MAX}"),
    ],
)
def test_requirement_parse(text: str, requirement: VersionRequirement, shown: str) -> None:
    """The usual texts become one of the four forms, and print back."""
    assert VersionRequirement.parse(text) == requirement
    assert str(requirement) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "1,",
        ">=1,",
        "=",
        "==1",
        "=>1",
        "x",
        "1.x",
        "1.*.3",
        "*.1",
        "1.2.3.4",
        "1.2.*.*",
        "-1",
        "1 2",
        ">= =1",
        "1.0.0-rc1",
        f"{MAX + 1}",
        "<0.0.0",
        "<*",
        ">*",
        f">{MAX}",
        ">=2, <1",
        "^1, ^2",
        "core@^1.0",
        "!1",
        "||",
        "1..",
    ],
)
def test_requirement_parse_refuses(text: str) -> None:
    """What says nothing, or what no version fits, is refused."""
    with pytest.raises(FieldError):
        VersionRequirement.parse(text)


@given(requirements)
def test_requirement_text_round_trip(requirement: VersionRequirement) -> None:
    """Every requirement reads back from its text to the same form."""
    again = VersionRequirement.parse(str(requirement))
    assert again == requirement
    assert again.variant == requirement.variant
    shown = eval(repr(requirement), {"VersionRequirement": VersionRequirement})
    assert shown == requirement
    assert hash(shown) == hash(requirement)


@given(st.text(alphabet="0123456789.,*<>=^~ +x", max_size=20))
def test_requirement_parse_raises_nothing_else(text: str) -> None:
    """No text makes it raise anything but a `FieldError`."""
    with contextlib.suppress(FieldError):
        VersionRequirement.parse(text)


@pytest.mark.parametrize(
    ("requirement", "fits", "fails"),
    [
        ("=1.2.3", ["1.2.3"], ["1.2.2", "1.2.4"]),
        (">=1.2.3", ["1.2.3", "9.0.0"], ["1.2.2", "0.9.9"]),
        ("^1.2.3", ["1.2.3", "1.9.0"], ["1.2.2", "2.0.0", "0.2.3"]),
        ("^0.2.3", ["0.2.3", "0.3.0"], ["1.0.0", "0.2.2"]),
        (">=1.0.0, <2.0.0", ["1.0.0", f"1.9.{MAX}"], ["2.0.0", f"0.{MAX}.{MAX}"]),
        (">=1.0.0, <=2.0.0", ["1.0.0", "2.0.0"], ["2.0.1"]),
        ("*", ["0.0.0", f"{MAX}.{MAX}.{MAX}"], []),
    ],
)
def test_is_satisfied_by(requirement: str, fits: list[str], fails: list[str]) -> None:
    """The bounds are included, and a compatible version has the same major."""
    wanted = VersionRequirement.parse(requirement)
    assert [text for text in fits + fails if wanted.is_satisfied_by(Version.parse(text))] == fits


def test_range_is_not_inverted() -> None:
    """A range's end is not before its start, however it is made."""
    low, high = Version(1, 0, 0), Version(2, 0, 0)
    for make in (VersionRequirement.range, lambda low, high: VersionRange(min=low, max=high)):
        with pytest.raises(FieldError) as caught:
            make(high, low)
        assert caught.value.path == ("max",)
    assert VersionRequirement.range(low, low).is_satisfied_by(low)


def test_variants_hold_their_types() -> None:
    """What a variant holds is checked."""
    with pytest.raises(FieldTypeError):
        VersionRequirement.exact("1.2.3")  # type: ignore[arg-type]
    with pytest.raises(FieldTypeError):
        VersionRequirement.from_variant("Range", Version(1, 2, 3))
    with pytest.raises(FieldTypeError):
        VersionRange(min="1.0.0", max=Version(1, 0, 0))  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="unknown"):
        VersionRequirement.from_variant("Any")


@given(requirements, requirements)
def test_requirements_are_values(a: VersionRequirement, b: VersionRequirement) -> None:
    """They pickle, copy and sort."""
    assert pickle.loads(pickle.dumps(a)) == copy.deepcopy(a) == a
    assert (a < b) + (b < a) + (a == b) == 1
