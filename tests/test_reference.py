"""What the reference of the documentation says about constructors, against the classes themselves."""

from __future__ import annotations

import importlib
import inspect
import sys

from pathlib import Path

import attrs
import pytest


_ROOT = Path(__file__).resolve().parent.parent
_SOURCE = """
import attrs
from attrs import Factory, field, frozen


@attrs.define
class Base:
    first: int
    _hidden: str = "x"
    ready: bool = attrs.field(default=True, kw_only=True)


@frozen(kw_only=True)
class Derived(Base):
    late: list[int] = field(factory=list)
    first: float = 1.5
    size: int = field(init=False, default=0)
    other: str = attrs.field(alias="another")
    own: int = Factory(lambda self: 1, takes_self=True)
    made: dict = attrs.Factory(dict)
    chosen: int = field()

    @chosen.default
    def _(self):
        return 1

    @property
    def all(self) -> int:
        return 0


@attrs.define(init=False)
class Bare:
    x: int
"""

pytestmark = pytest.mark.checkout


def _loader(*folders: Path):
    griffe = pytest.importorskip("griffe", reason="needs griffe: install the extra docs")
    extensions = griffe.load_extensions(str(_ROOT / "docs" / "hooks" / "attrs_constructors.py"))
    return griffe.GriffeLoader(extensions=extensions, search_paths=folders)


def _classes(module):
    for member in module.members.values():
        if not member.is_alias and (member.is_module or member.is_class):
            if member.is_class:
                yield member
            yield from _classes(member)


def _described(class_) -> list[tuple[str, str, bool]] | None:
    if "__init__" not in class_.members:
        return None
    parameters = list(class_.members["__init__"].parameters)[1:]
    return [(p.name, p.kind.name.upper(), p.default is not None) for p in parameters]


def _real(cls) -> list[tuple[str, str, bool]]:
    return [(p.name, p.kind.name, p.default is not p.empty) for p in inspect.signature(cls).parameters.values()]


@pytest.mark.parametrize("package", ["symphony_types", "symphony_codecs"])
def test_constructors_are_those_of_the_classes(package):
    """Every attrs class of a package has the parameters, kinds and defaults that attrs gave it."""
    loader = _loader(_ROOT, _ROOT / "codecs")
    loader.load("symphony_types")  # as MkDocs does, whose first pages are its: codecs have base classes there
    loaded = loader.load(package)
    compared = 0
    for class_ in _classes(loaded):
        cls = sys.modules.get(class_.module.path) or importlib.import_module(class_.module.path)
        for part in class_.path.removeprefix(f"{class_.module.path}.").split("."):
            cls = getattr(cls, part, None)
        own = vars(cls) if isinstance(cls, type) and attrs.has(cls) else {}
        if "__attrs_attrs__" in own and "__attrs_init__" not in own:  # the second is there with init=False
            assert (class_.path, _described(class_)) == (class_.path, _real(cls))
            compared += 1

    assert compared > 50


def test_each_way_of_declaring_a_field_is_understood(tmp_path):
    """Aliases, private names, keywords, defaults by all means, and fields that are declared again."""
    (tmp_path / "declared.py").write_text(_SOURCE, encoding="utf-8")
    loaded = _loader(tmp_path).load("declared")
    namespace: dict[str, object] = {}
    exec(_SOURCE, namespace)

    assert _described(loaded["Base"]) == _real(namespace["Base"])
    assert _described(loaded["Derived"]) == _real(namespace["Derived"])
    assert _described(loaded["Bare"]) is None
    shown = {p.name: (str(p.annotation), str(p.default)) for p in loaded["Derived"].members["__init__"].parameters}
    assert shown["hidden"] == ("str", "'x'")
    assert shown["late"] == ("list[int]", "list()")
    assert shown["made"] == ("dict", "dict()")
    assert shown["own"] == shown["chosen"] == ("int", "...")
