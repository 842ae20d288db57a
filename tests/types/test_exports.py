"""The package's names: all there, sorted, and loaded only when they are asked for."""

from __future__ import annotations

import importlib
import os
import pkgutil
import subprocess
import sys
import typing

import attrs
import pytest

import symphony_types


# `checks` is a module to import by name: its `U8` is a check, where the package's `U8` is an annotation.
MODULES = sorted(
    info.name
    for info in pkgutil.iter_modules(symphony_types.__path__)
    if not info.name.startswith("_") and info.name != "checks"
)
# Of private modules, what people catch, subclass, annotate and compare with.
SHARED = {"FieldError", "FieldTypeError", "JsonValue", "TaggedValue", "UNSET", "Unset"}


def test_everything_public_is_re_exported():
    """The package has the names of all its modules, and no others."""
    names = {name for module in MODULES for name in importlib.import_module(f"symphony_types.{module}").__all__}

    assert set(symphony_types.__all__) == names | SHARED


@pytest.mark.parametrize("module", MODULES)
def test_a_name_is_the_same_object_everywhere(module):
    """The package re-exports, it does not copy."""
    home = importlib.import_module(f"symphony_types.{module}")

    for name in home.__all__:
        assert getattr(symphony_types, name) is getattr(home, name)


def test_annotations_of_all_classes_resolve():
    """Codecs read the types of fields, and what the variants of tagged values hold, at run time."""
    for name in symphony_types.__all__:
        exported = getattr(symphony_types, name)
        if isinstance(exported, type) and attrs.has(exported):
            hints = typing.get_type_hints(exported, include_extras=True)
            assert {field.name for field in attrs.fields(exported)} <= set(hints)
        for held in getattr(exported, "__variants__", {}).values():
            if isinstance(held, str):
                assert eval(held, vars(sys.modules[exported.__module__])) is not None


def run(code: str) -> str:
    """Run *code* in a fresh interpreter that finds the same packages, and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment)
    return result.stdout.strip()


def test_importing_the_package_loads_almost_nothing():
    """Neither attrs nor any module of the types; a name brings what it needs, not the rest."""
    code = (
        "import sys; before = set(sys.modules); import symphony_types;"
        "print(sorted(n for n in set(sys.modules) - before if n.startswith(('symphony', 'attr', 'cattr'))));"
        "symphony_types.ExtensionId; print('symphony_types.workflow' in sys.modules, 'attr' in sys.modules)"
    )

    assert run(code).splitlines() == ["['symphony_types', 'symphony_types._lazy']", "False True"]


def test_modules_load_by_attribute():
    """`symphony_types.ids` and `symphony_types.message.ipc` need no import of their own."""
    code = "import symphony_types as s; print(s.ids.ExtensionId.__name__, s.message.ipc.FrameType.HELLO.value)"

    assert run(code) == "ExtensionId 7"


def test_everything_loads_without_the_codecs_dependencies():
    """All the types together need attrs and the standard library only."""
    code = (
        "import sys\n"
        "for n in ('cattrs', 'cattr', 'orjson', 'msgpack', 'cbor2', 'symphony_codecs'): sys.modules[n] = None\n"
        "import symphony_types as s\nprint(len([getattr(s, n) for n in s.__all__]) == len(s.__all__))"
    )

    assert run(code) == "True"


def test_star_import_takes_all():
    """`from symphony_types import *` works with lazy names."""
    namespace: dict[str, object] = {}
    exec("from symphony_types import *", namespace)

    assert set(symphony_types.__all__) <= set(namespace)
