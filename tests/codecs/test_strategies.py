"""The strategies of cattrs, in every format: those that write arrays, too."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from cattrs.strategies import configure_tagged_union, include_subclasses

from symphony_codecs import codec_names, get_codec


@attrs.define
class Base:
    a: int


@attrs.define
class Sub(Base):
    b: list[Inner]


@attrs.define
class Inner:
    c: int


@attrs.define
class Nothing:
    pass


@attrs.define
class Holder:
    one: Base
    many: dict[str, Base]


FORMATS = [name for name in codec_names() if name != "toml"]
VALUES: tuple[Base, ...] = (Base(1), Sub(1, [Inner(2)]))


@pytest.mark.parametrize("with_union", [False, True])
@pytest.mark.parametrize("name", FORMATS)
def test_subclasses(name, with_union):
    """As the document, in a field and in a container."""
    codec = get_codec(name).copy()
    include_subclasses(Base, codec.converter, **({"union_strategy": configure_tagged_union} if with_union else {}))
    for value in VALUES:
        assert codec.decode(codec.encode(value, Base), Base) == value
        holder = Holder(value, {"k": value})
        assert codec.decode(codec.encode(holder, Holder), Holder) == holder


@pytest.mark.parametrize("name", FORMATS)
def test_tagged_unions(name):
    """A class without fields is a map with a tag as well."""
    codec = get_codec(name).copy()
    union: Any = Inner | Holder | Nothing
    configure_tagged_union(union, codec.converter)
    for value in (Inner(1), Holder(Base(2), {}), Nothing()):
        assert codec.decode(codec.encode([value], list[union]), list[union]) == [value]
    plain = codec.format.loads(codec.encode(Inner(1), union), codec.options.limits, False)
    assert plain == {"c": 1, "_type": "Inner"}


OPTIONS: dict[str, Any] = {
    "forbid": lambda codec: codec.with_options(unknown_fields="forbid"),
    "forbid in a member": lambda codec: codec.with_class(Inner, unknown_fields="forbid"),
    "keep": lambda codec: codec.with_options(unknown_fields="keep"),
    "rename": lambda codec: codec.with_options(rename="UPPERCASE"),
    "positional": lambda codec: codec.with_options(positional=True),
    "sort_keys": lambda codec: codec.with_options(sort_keys=True),
}


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("name", FORMATS)
def test_tags_are_no_unknown_fields(name, options):
    """Whatever the codec does with keys that no field has, the tag of a union is none of them."""
    codec = OPTIONS[options](get_codec(name)).copy()
    union: Any = Inner | Nothing
    configure_tagged_union(union, codec.converter)
    include_subclasses(Base, codec.converter, union_strategy=configure_tagged_union)
    for tp, values in ((union, (Inner(1), Nothing())), (Base, VALUES)):
        for value in values:
            assert codec.decode(codec.encode([value], list[tp]), list[tp]) == [value]
