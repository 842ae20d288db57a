"""Hooks of the user on a leaf, a member and the root, the same on our converter and on cattrs'."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

import attrs

from cattrs import Converter
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn

from .leaves import Money


__all__ = ["HOOKS", "Hook", "register_money"]


@attrs.frozen(kw_only=True)
class Hook:
    """
    A hook, or several.

    Args:
        name: The name in tables.
        register: Registers the hook, given the converter, the type of a document and the classes of its records.
        calls: Whether the hook runs for each record.
        classes: Whether records must be instances of classes.
    """

    name: str
    register: Callable[[Converter, Any, Sequence[Any]], None]
    calls: bool = False
    classes: bool = False


def register_money(converter: Converter) -> None:
    """Register hooks that structure and unstructure the user's own class."""
    converter.register_unstructure_hook(Money, lambda money: money.cents)
    converter.register_structure_hook(Money, lambda cents, _: Money(cents))


def _text(converter: Converter, _root: Any, _classes: Sequence[Any]) -> None:
    def read(value: Any, _: Any) -> str:
        if type(value) is not str:
            raise TypeError("expected a text")
        return value

    converter.register_structure_hook(str, read)
    converter.register_unstructure_hook(str, lambda value: value)


def _through(call: Callable[..., Any]) -> Callable[..., Any]:
    def hand_on(*given: Any) -> Any:
        return call(*given)

    return hand_on


def _hand_on(converter: Converter, _root: Any, classes: Sequence[Any]) -> None:
    for cls in classes:
        read, write = converter.get_structure_hook(cls), converter.get_unstructure_hook(cls)
        converter.register_structure_hook(cls, _through(read))
        converter.register_unstructure_hook(cls, _through(write))


def _generated(converter: Converter, _root: Any, classes: Sequence[Any]) -> None:
    for cls in classes:
        converter.register_structure_hook(cls, make_dict_structure_fn(cls, converter))
        converter.register_unstructure_hook(cls, make_dict_unstructure_fn(cls, converter))


def _root(converter: Converter, root: Any, _classes: Sequence[Any]) -> None:
    read, write = converter.get_structure_hook(root), converter.get_unstructure_hook(root)
    converter.register_structure_hook_func(lambda tp: tp == root, read)
    converter.register_unstructure_hook_func(lambda tp: tp == root, write)


def _elsewhere(converter: Converter, _root: Any, _classes: Sequence[Any]) -> None:
    register_money(converter)


def _factory(converter: Converter, _root: Any, _classes: Sequence[Any]) -> None:
    converter.register_structure_hook_factory(lambda tp: tp is Money, lambda _: lambda cents, _tp: Money(cents))


HOOKS: Final = {
    hook.name: hook
    for hook in (
        Hook(name="none", register=lambda _converter, _root, _classes: None),
        Hook(name="leaf, str", register=_text, calls=True),
        Hook(name="member, hands on", register=_hand_on, calls=True, classes=True),
        Hook(name="member, cattrs.gen", register=_generated, calls=True, classes=True),
        Hook(name="root, hands on", register=_root),
        Hook(name="class elsewhere", register=_elsewhere),
        Hook(name="factory elsewhere", register=_factory),
    )
}
