"""A class with a field of every supported type survives every format, in every shape."""

from __future__ import annotations

from typing import Any, Literal

import attrs
import pytest

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from symphony_codecs import EncodeError, codec_names, get_codec
from tests.codecs.everything import KNOBS, Cat, Everything, Options, everythings, identical


# An instance has sixty fields, so a few instances suffice.
FEW = settings(
    max_examples=max(settings().max_examples // 6, 8),
    suppress_health_check=list(HealthCheck),
    phases=[phase for phase in Phase if phase is not Phase.explain],  # it takes minutes over sixty fields
)

SHAPES = {
    "as it is": {},
    "arrays": {"positional": True},
    "maps": {"positional": False},
    "camel case": {"rename": "camelCase", "positional": False},
    "without defaults": {"omit_defaults": True, "positional": False},
    "strict": {"strict": True},
    "no unknown fields": {"unknown_fields": "forbid", "rename": "SCREAMING-KEBAB-CASE"},
}
# The root of a TOML document is a table.
CASES = [(name, shape) for name in KNOBS for shape in SHAPES if (name, shape) != ("toml", "arrays")]


def test_every_codec_has_knobs():
    """A new format is tested as well."""
    assert set(codec_names()) == set(KNOBS)


def test_all_fields_are_drawn():
    """Each field except one that can only be None has a strategy, which sometimes leaves the default."""
    drawn: set[str] = set()
    defaults: set[str] = set()

    def complete(value):
        for field in attrs.fields(Everything):
            if field.default is attrs.NOTHING:
                drawn.add(field.name)
            else:
                blank = field.default.factory() if isinstance(field.default, attrs.Factory) else field.default
                (defaults if getattr(value, field.name) == blank else drawn).add(field.name)
        missing = {field.name for field in attrs.fields(Everything)} - drawn
        return missing == {"nothing", "empty"} and {"boolean", "text", "listed", "maybe"} <= defaults

    # Hypothesis draws constants from all loaded modules, too: few examples may not be enough.
    assert find(everythings(), complete, settings=settings(FEW, max_examples=1000, phases=[Phase.generate]))


@pytest.mark.parametrize(("name", "shape"), CASES)
def test_everything_survives(name, shape):
    """The value comes back equal with all types, and is encoded to the same bytes again."""
    knobs = attrs.evolve(KNOBS[name], infinities=KNOBS[name].infinities and shape != "strict")
    ordered = name != "toml"  # TOML puts tables last
    codec = get_codec(name).with_options(**SHAPES[shape])
    encode, decode = codec.encoder(Everything), codec.decoder(Everything)

    @FEW
    @given(everythings(knobs))
    def survive(value):
        data = encode(value)
        again = decode(data)
        assert identical(again, value, ordered=ordered)
        assert encode(again) == data

    survive()


@FEW
@given(everythings(attrs.evolve(KNOBS["toml"], infinities=False)))
def test_all_formats_give_the_same_value(value):
    """A value that one format can carry comes back equal from all formats."""
    for name in KNOBS:
        codec = get_codec(name)
        assert identical(codec.decode(codec.encode(value, Everything), Everything), value, ordered=False), name


@FEW
@given(everythings(KNOBS["json"]), st.permutations(["json", "msgpack", "msgpack-compact", "cbor"]))
def test_everything_crosses_several_formats(value, names):
    """The value survives any sequence of formats."""
    passed = value
    for name in names:
        passed = get_codec(name).decode(get_codec(name).encode(passed, Everything), Everything)

    assert identical(passed, value)


@attrs.define
class Late:
    """A member of a union whose literal is at another position than that of `Cat`."""

    kind: Literal["late"] = "late"
    number: int = 0


@pytest.mark.parametrize("name", ["json", "msgpack", "cbor"])
def test_a_literal_that_is_left_out_still_tells_classes_apart(name):
    """A union's literal is written even if it is the default and defaults are left out."""
    codec = get_codec(name).with_options(omit_defaults=True)
    value: list[Cat | Late] = [Cat(9), Late(), Late(number=1)]

    tree = codec.decode(codec.encode(value, list[Cat | Late]), list[dict[str, Any]])

    assert tree == [{"lives": 9, "kind": "cat"}, {"kind": "late"}, {"kind": "late", "number": 1}]
    assert codec.decode(codec.encode(value, list[Cat | Late]), list[Cat | Late]) == value


def test_literals_at_different_positions_are_refused_in_arrays():
    """Such values could not be read back."""
    codec = get_codec("msgpack-compact")

    with pytest.raises(EncodeError, match="field 'kind', which tells the union's classes apart, stands at one place"):
        codec.encode(Late(), Cat | Late)
    assert codec.with_options(positional=False).encode(Late(), Cat | Late) == b"\x82\xa4kind\xa4late\xa6number\x00"


def test_unknown_keys_of_a_typed_dict_keep_their_order():
    """They are written back in the order in which they were read."""
    codec = get_codec("json").with_options(unknown_fields="keep")
    data = b'{"name":"n",' + b",".join(b'"%d":0' % number for number in range(9, 0, -1)) + b"}"

    assert codec.encode(codec.decode(data, Options), Options) == data
