"""
Griffe extension: the constructors that attrs writes, with types and defaults, read from the source.

Griffe has the same for dataclasses alone.  It knows ``attrs.define``, ``frozen`` and ``mutable`` with ``init`` and
``kw_only``; ``attrs.field`` with ``default``, ``factory``, ``kw_only``, ``alias`` and ``init``; ``attrs.Factory``;
defaults by a decorated method; private names, which attrs strips; and fields of base classes.
"""

from __future__ import annotations

from typing import Any

from griffe import (
    Attribute,
    Class,
    Expr,
    ExprAttribute,
    ExprCall,
    ExprKeyword,
    ExprName,
    Extension,
    Function,
    Module,
    Parameter,
    ParameterKind,
    Parameters,
)


_DECORATORS = {f"{module}.{name}" for module in ("attrs", "attr") for name in ("define", "frozen", "mutable")}
_FACTORIES = {"attrs.Factory", "attr.Factory"}
_FIELDS = {"attrs.field", "attr.field"}


class AttrsConstructors(Extension):
    """Gives each attrs class without an ``__init__`` of its own the one that attrs makes."""

    def on_package(self, *, pkg: Module, **_: Any) -> None:
        """Go through a package that has been loaded whole, since base classes may be anywhere in it."""
        for class_ in _classes(pkg):
            options = _options(class_)
            if options is None or options.get("init") == "False" or "__init__" in class_.members:
                continue
            found: dict[str, Parameter] = {}
            for owner in (*reversed(class_.mro()), class_):
                for name, parameter in _parameters(owner).items():
                    found.pop(name, None)  # a field that is defined again stands where it is defined last
                    found[name] = parameter
            made = [parameter for parameter in found.values() if parameter.name]
            made.sort(key=lambda parameter: parameter.kind is ParameterKind.keyword_only)
            this = Parameter("self", kind=ParameterKind.positional_or_keyword)
            parameters = Parameters(this, *made)
            class_.set_member("__init__", Function("__init__", parameters=parameters, returns="None", parent=class_))


def _classes(owner: Module | Class) -> list[Class]:
    members = [member for member in owner.members.values() if not member.is_alias]
    found = [member for member in members if isinstance(member, Class)]
    inside = [each for member in members if isinstance(member, Module | Class) for each in _classes(member)]
    return found + inside


def _arguments(call: object) -> dict[str, str | Expr]:
    arguments = call.arguments if isinstance(call, ExprCall) else ()
    return {argument.name: argument.value for argument in arguments if isinstance(argument, ExprKeyword)}


def _options(class_: Class) -> dict[str, str | Expr] | None:
    """Return the arguments of the decorator that makes an attrs class, or None if there is none."""
    for decorator in class_.decorators:
        if decorator.callable_path in _DECORATORS:
            return _arguments(decorator.value)
    return None


def _parameters(class_: Class) -> dict[str, Parameter]:
    """Return the parameters of a class's own fields by the fields' names, nameless where a field is not one."""
    options = _options(class_)
    if options is None:
        return {}
    functions = [member for member in class_.members.values() if isinstance(member, Function)]
    decorators = [str(decorator.value) for function in functions for decorator in function.decorators]
    found = {}
    for name, member in class_.members.items():
        is_variable = "class-attribute" in member.labels and "instance-attribute" not in member.labels
        if not isinstance(member, Attribute) or member.annotation is None or is_variable or "property" in member.labels:
            continue
        is_field = isinstance(member.value, ExprCall) and member.value.canonical_path in _FIELDS
        field = _arguments(member.value) if is_field else {"default": member.value}
        is_by_keyword = "True" in (str(field.get("kw_only")), str(options.get("kw_only")))
        found[name] = Parameter(
            "" if field.get("init") == "False" else str(field.get("alias", name.lstrip("_"))).strip("'\""),
            annotation=member.annotation,
            kind=ParameterKind.keyword_only if is_by_keyword else ParameterKind.positional_or_keyword,
            default="..." if f"{name}.default" in decorators else _default(field),
            docstring=member.docstring,
        )
    return found


def _default(field: dict[str, Any]) -> str | Expr | None:
    default = field.get("default")
    if isinstance(default, ExprCall) and default.canonical_path in _FACTORIES:
        if "takes_self" in _arguments(default):
            return "..."
        field = {"factory": default.arguments[0]}
    if "factory" not in field:
        return default
    factory = field["factory"]
    return ExprCall(factory, []) if isinstance(factory, ExprName | ExprAttribute) else "..."
