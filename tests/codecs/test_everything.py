"""A class with a field of every supported type survives every format, in every shape."""

from __future__ import annotations

from typing import Any, Literal

import attrs
import pytest

from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from symphony_codecs import EncodeError, codec_names, get_codec
from tests.codecs.everything import KNOBS, Cat, Everything, Options, everythings, identical


# An instance has sixty fields, so few of them go a long way.
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
# A TOML document is a table.
CASES = [(name, shape) for name in KNOBS for shape in SHAPES if (name, shape) != ("toml", "arrays")]


def test_every_codec_has_its_knobs():
    """A format that is added is tested, too."""
    assert set(codec_names()) == set(KNOBS)


def test_all_fields_are_drawn():
    """Each field but the one that can only be None has a strategy, and each default is left alone at times."""
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

    # What is drawn depends on the constants in all modules that happen to be loaded: few examples may be too few.
    assert find(everythings(), complete, settings=settings(FEW, max_examples=1000, phases=[Phase.generate]))


@pytest.mark.parametrize(("name", "shape"), CASES)
def test_everything_survives(name, shape):
    """What is written is read back the same, type by type, and written again to the same bytes."""
    knobs = attrs.evolve(KNOBS[name], infinities=KNOBS[name].infinities and shape != "strict")
    ordered = name != "toml"  # whose tables stand behind all else
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
def test_everything_is_the_same_from_every_format(value):
    """What one format carries, all carry, to the same value."""
    for name in KNOBS:
        codec = get_codec(name)
        assert identical(codec.decode(codec.encode(value, Everything), Everything), value, ordered=False), name


@FEW
@given(everythings(KNOBS["json"]), st.permutations(["json", "msgpack", "msgpack-compact", "cbor"]))
def test_everything_goes_around(value, names):
    """From format to format, in any order, nothing is lost on the way."""
    passed = value
    for name in names:
        passed = get_codec(name).decode(get_codec(name).encode(passed, Everything), Everything)

    assert identical(passed, value)


@attrs.define
class Late:
    """A member of a union whose literal does not stand where that of `Cat` does."""

    kind: Literal["late"] = "late"
    number: int = 0


@pytest.mark.parametrize("name", ["json", "msgpack", "cbor"])
def test_a_literal_that_is_left_out_still_tells_classes_apart(name):
    """A union's literal is written also where it is the default and defaults are left out."""
    codec = get_codec(name).with_options(omit_defaults=True)
    value: list[Cat | Late] = [Cat(9), Late(), Late(number=1)]

    tree = codec.decode(codec.encode(value, list[Cat | Late]), list[dict[str, Any]])

    assert tree == [{"lives": 9, "kind": "cat"}, {"kind": "late"}, {"kind": "late", "number": 1}]
    assert codec.decode(codec.encode(value, list[Cat | Late]), list[Cat | Late]) == value


def test_a_literal_in_several_places_is_no_tag_in_an_array():
    """What could not be read back is not written."""
    codec = get_codec("msgpack-compact")

    with pytest.raises(EncodeError, match="field 'kind', which tells the union's classes apart, stands at one place"):
        codec.encode(Late(), Cat | Late)
    assert codec.with_options(positional=False).encode(Late(), Cat | Late) == b"\x82\xa4kind\xa4late\xa6number\x00"


def test_unknown_keys_of_a_typed_dict_keep_their_order():
    """What is kept is written back as it came."""
    codec = get_codec("json").with_options(unknown_fields="keep")
    data = b'{"name":"n",' + b",".join(b'"%d":0' % number for number in range(9, 0, -1)) + b"}"

    assert codec.encode(codec.decode(data, Options), Options) == data
