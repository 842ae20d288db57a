"""
Documents in CDDL (RFC 8610), the schema language of CBOR.

MessagePack has the same kinds of values, so that a description of it holds for
the CBOR of the same builtins.  What CDDL cannot say stands in comments.
"""

from __future__ import annotations

import math

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import attrs

from typing_extensions import TypeForm

from . import forms as f
from .build import document_of
from .cddl_parts import (
    Names,
    Said,
    between,
    choice,
    comment,
    integers,
    is_scalar,
    literal,
    lowered,
    nested,
    numbers,
    occurrence,
    other_than,
    sized,
    texts,
)
from .errors import SchemaError
from .patterns import BASE64


if TYPE_CHECKING:
    from ...codec import Codec


__all__ = ["cddl", "cddl_of"]

_WIDTH: Final = 100
_MANY: Final = 4  # members whose names make the name of a union
_SHORT: Final = 20  # what is said where it stands, instead of in a rule of its own
_GREATEST: Final = 1.7976931348623157e308
_BARE: Final = frozenset({"bool", "bstr", "float", "int", "nil", "tstr", "uint"})


def cddl(
    as_type: TypeForm[Any],
    codec: Codec | str = "cbor",
    *,
    direction: f.Direction = "write",
    forms: Mapping[Any, Any] | None = None,
) -> str:
    """
    Return what documents of a type look like, in CDDL (RFC 8610).

    Args:
        as_type: A class, a generic one with its arguments, a union, or any other annotation.
        codec: The codec, or its name.  CDDL describes CBOR; what it says of MessagePack holds for the CBOR of the
            same builtins.
        direction: ``write``: what encoding writes.  ``read``: what decoding takes, in the form that the codec itself
            writes.
        forms: What types with hooks look like: by type another type that looks the same, or a `Fragment`.

    Raises:
        SchemaError: A part of the type is known to a hook alone.
        FormatError: The type has no representation.
    """
    return cddl_of(document_of(as_type, codec, direction=direction, forms=forms))


def cddl_of(document: f.Document) -> str:
    """
    Return a document description in CDDL; its first rule is that of a document.

    Raises:
        SchemaError: A part of it is known to a hook alone.
    """
    return _Writer(document).text()


@attrs.frozen
class _Group:
    """
    Entries of a map.

    Attributes:
        parts: The entries, each with the lines of its comment.
        keys: The keys of all.
        loose: Those that an entry for any key must leave alone, since another entry may have failed to take them.
        rest: What takes all other keys: key and value.
    """

    parts: tuple[tuple[str, tuple[str, ...]], ...] = ()
    keys: tuple[str | int, ...] = ()
    loose: tuple[str | int, ...] = ()
    rest: tuple[f.Form, f.Form] | None = None

    @property
    def text(self) -> str:
        """The entries without comments."""
        return ", ".join(text for text, _ in self.parts)

    def __add__(self, other: _Group) -> _Group:
        return _Group(
            self.parts + other.parts, self.keys + other.keys, self.loose + other.loose, other.rest or self.rest
        )


class _Writer:
    """What writes one document description."""

    def __init__(self, document: f.Document) -> None:
        self._document = document
        self._reads = document.direction == "read"
        self._names = Names(document.definitions)
        self._more: dict[tuple[str, str], tuple[str, f.Record, bool]] = {}
        self._helpers: dict[str, str] = {}
        self._notes: list[str] = []
        self._make: Mapping[type, Callable[[Any], Said]] = {
            f.Untyped: lambda _: Said(("any",)),
            f.Null: lambda _: Said(("nil",)),
            f.Boolean: lambda _: Said(("bool",)),
            f.Integer: lambda form: integers(form, self._helper, self._notes),
            f.Float: self._float,
            f.Text: self._text,
            f.Bytes: self._bytes,
            f.Enumeration: lambda form: choice(self._values(form)),
            f.Nullable: lambda form: choice((self.type(form.inner), Said(("nil",)))),
            f.Array: self._array,
            f.TupleOf: self._tuple,
            f.MapOf: lambda form: Said((f"{{{self._entry(form)}}}",)),
            f.Record: self._record,
            f.Union: self._inner_union,
            f.Reference: lambda form: Said((self._names.of(form.name),)),
            f.Opaque: _opaque,
        }

    # Rules

    def text(self) -> str:
        """Write all rules."""
        document, root = self._document, self._document.root
        how = "as decoding takes them" if self._reads else "as encoding writes them"
        parts = [f"; Documents of {' '.join(document.type.split())} in {document.format}, {how} (CDDL, RFC 8610)."]
        names = list(document.definitions)
        if isinstance(root, f.Reference):
            names.sort(key=lambda name: name != root.name)
        else:
            parts.append(self._rule(self._names.fresh("document"), root))
        parts += [self._rule(self._names.of(name), document.definitions[name]) for name in names]
        parts += self._more_rules()
        parts += ["\n".join(f"{name} = {said}" for said, name in self._helpers.items())] if self._helpers else []
        return "\n\n".join(parts) + "\n"

    def _more_rules(self) -> Iterator[str]:
        """Yield the rules that others have asked for, which may ask for more."""
        done = 0
        while done < len(self._more):
            name, form, is_group = list(self._more.values())[done]
            done += 1
            yield f"{name} = (\n{self._lines(self._fields(form).parts)}\n)" if is_group else self._rule(name, form)

    def _asked(self, name: str, form: f.Record, what: str) -> str:
        """Return the name of a rule for a part (``fields``), or a variation, of the definition *name*."""
        key = (name, what)
        if key not in self._more:
            self._more[key] = (self._names.fresh(f"{self._names.of(name)}-{what}"), form, what == "fields")
        return self._more[key][0]

    def _rule(self, name: str, form: f.Form) -> str:
        """Write one rule, with what is known of it in comments."""
        self._notes = []
        if isinstance(form, f.Record) and form.layout != "unit":
            brackets, group = self._members(form)
            body = f"\n{self._lines(group.parts)}\n" if group.parts else ""
            also = f" / {self._as_map(form).text}" if form.or_map else ""
            said, notes = f" {brackets[0]}{body}{brackets[1]}{also}", list(form.checks)
        elif isinstance(form, f.Enumeration) and form.names and form.names != form.values:
            names = (*(f" ; {each}" for each in form.names), "", "")
            lines = [f"{each.text}{told}" for each, told in zip(self._values(form), names, strict=False)]
            said, notes = "\n    " + "\n  / ".join(lines), list(form.checks)
        else:
            made = self._union(form) if isinstance(form, f.Union) else self.type(form)
            said, notes = f" {_wrapped(made)}", [*form.checks, *self._notes]
        return "\n".join((*comment(getattr(form, "doc", "")), *_told(notes), f"{name} ={said}".replace("= \n", "=\n")))

    @staticmethod
    def _lines(parts: Sequence[tuple[str, tuple[str, ...]]]) -> str:
        return ",\n".join("\n".join(f"  {line}" for line in (*comments, text)) for text, comments in parts)

    def _helper(self, name: str, said: str) -> str:
        """Return the name of a rule that stands at the end."""
        if said not in self._helpers:
            self._helpers[said] = self._names.fresh(name)
        return self._helpers[said]

    def _definition(self, form: f.Form) -> f.Form:
        return self._document.definitions[form.name] if isinstance(form, f.Reference) else form

    # Types

    def type(self, form: f.Form) -> Said:
        """Write a form; what it cannot say goes to the notes."""
        self._notes += form.checks
        return self._make[type(form)](form)

    def _float(self, form: f.Float) -> Said:
        low, high = form.minimum, form.maximum
        if form.finite:
            low, high = -_GREATEST if low is None else low, _GREATEST if high is None else high
        made = between("float", low, high)
        if (low, high) == (-_GREATEST, _GREATEST):
            made = Said((self._helper("finite", made.text),))
        if not self._reads:
            return made
        whole = numbers(_whole(form.minimum, math.ceil), _whole(form.maximum, math.floor), self._helper, [])
        return (
            made
            if whole is None
            else choice((made, Said(tuple(w for w in whole.options if "big" not in w and w[0] != "#"))))
        )

    def _text(self, form: f.Text) -> Said:
        made = texts(form, self._notes)
        if form.format is None or len(made.text) <= _SHORT:
            return made
        return Said((self._helper((form.type or form.format).replace(" | ", "-or-"), made.text),))

    def _bytes(self, form: f.Bytes) -> Said:
        if form.base64:
            if form.minimum or form.maximum is not None:
                most = "any" if form.maximum is None else form.maximum
                self._notes.append(f"from {form.minimum} to {most} bytes")
            return Said((self._helper("base64", texts(f.Text(pattern=BASE64), []).text),))
        made = sized("bstr", form.minimum, form.maximum)
        return Said((self._helper(form.type, made.text),)) if form.type else made

    def _values(self, form: f.Enumeration) -> list[Said]:
        listed = [Said((literal(value),)) for value in form.values]
        kinds = dict.fromkeys(map(type, form.values)) if form.open else ()
        return listed + [Said((_KINDS[kind],)) for kind in kinds if kind in _KINDS]

    def _array(self, form: f.Array) -> Said:
        if form.unique:
            self._notes.append("no item occurs twice")
        return Said((f"[{occurrence(form.minimum, form.maximum)} {self.type(form.item).operand}]",))

    def _tuple(self, form: f.TupleOf) -> Said:
        labels = form.names or ("",) * len(form.items)
        items = [_labelled(label, self.type(item)) for label, item in zip(labels, form.items, strict=True)]
        least = len(items) if form.least is None else form.least
        return Said((f"[{', '.join(filter(None, (*items[:least], nested(items[least:]))))}]",))

    def _entry(self, form: f.MapOf) -> str:
        key, value = self.type(form.key).operand, self.type(form.value).text
        return f"{occurrence(form.minimum, form.maximum)} {key} => {value}"

    # Records

    def _record(self, form: f.Record) -> Said:
        if form.layout == "unit":
            return Said((literal(form.unit),))
        brackets, group = self._members(form)
        made = Said((f"{brackets[0]}{group.text}{brackets[1]}",))
        return choice((made, self._as_map(form))) if form.or_map else made

    def _as_map(self, form: f.Record) -> Said:
        """Return the map that stands for an array where unknown fields are kept."""
        return self._record(attrs.evolve(form, layout="map", or_map=False))

    def _members(self, form: f.Record, first: _Group | None = None, *, name: str = "") -> tuple[str, _Group]:
        """Return brackets, and what stands in them: *first*, then fields (of the definition *name*), then the rest."""
        group = self._fields(form)
        if name and group.parts:
            group = attrs.evolve(group, parts=((self._asked(name, form, "fields"), ()),))
        if first is not None:
            group = first + group
        if form.layout == "array":
            return "[]", group
        return "{}", group + self._rest(form, group)

    def _fields(self, form: f.Record) -> _Group:
        """Return the fields of a record."""
        if form.layout == "array":
            made = [self._field(each, optional=place >= form.least) for place, each in enumerate(form.fields)]
            parts = [(_labelled(each.name, tp), told) for each, (tp, told) in zip(form.fields, made, strict=True)]
            tail = nested(text for text, _ in parts[form.least :])
            told = tuple(line for _, lines in parts[form.least :] for line in lines)
            return _Group((*parts[: form.least], (tail, told)) if tail else tuple(parts))
        group = _Group()
        for each in form.fields:
            group += self._flat(each.form, each) if each.flattened else self._map_field(each)
        return group

    def _field(self, field: f.Field, *, optional: bool) -> tuple[Said, tuple[str, ...]]:
        """Return the type of a field, and the lines of its comment."""
        outer, self._notes = self._notes, []
        made, told = self.type(field.form), []
        if optional and field.has_default:
            default = literal(field.default)
            fits = "nil" in made.options if field.default is None else made.options[0][0] not in "[{"
            if fits and is_scalar(field.default) and made.text != "any":
                target = made.text if made.text in _BARE else f"({made.text})"
                made = Said((f"{target} .default {default}",), is_plain=False)
            else:
                told = comment(f"Default: {default}")
        lines = (*comment(field.doc), *told, *_told(self._notes))
        self._notes = outer
        return made, lines

    def _map_field(self, field: f.Field) -> _Group:
        made, told = self._field(field, optional=not field.required)
        names = (field.key, *(field.aliases if self._reads else ()))
        entries = [f"{literal(name)}: {made.text}" for name in names]
        text = entries[0] if len(entries) == 1 else f"({' // '.join(entries)})"
        loose = names if len(names) > 1 else ()
        return _Group((((f"? {text}" if not field.required else text), told),), names, loose)

    def _rest(self, form: f.Record, group: _Group) -> _Group:
        """Return what takes the keys that no field has."""
        if group.rest is not None:
            key, value = map(self.type, group.rest)
        elif form.other is not None or form.unknown == "keep":
            key, value = Said(("tstr",)), self.type(form.other or f.Untyped())
        elif form.unknown == "ignore" and self._reads:
            key, value = Said(("tstr",)), Said(("any",))
        else:
            return _Group()
        if key.text == "tstr":
            key = other_than(name for name in group.loose if isinstance(name, str))
        return _Group(((f"* {key.operand} => {value.text}", ()),))

    def _flat(self, form: f.Form, field: f.Field) -> _Group:
        """Return the entries of a flattened field."""
        target = self._definition(form)
        if isinstance(target, f.MapOf):
            return _Group(rest=(target.key, target.value))
        if isinstance(target, f.Nullable):
            inner = self._flat(target.inner, field)
            parts = (((f"? ({inner.text})", ()),)) if inner.parts else ()
            return attrs.evolve(inner, parts=parts, loose=inner.keys)
        if isinstance(target, f.Record):
            group = self._fields(target)
            if isinstance(form, f.Reference) and group.parts:
                return attrs.evolve(
                    group, parts=((self._asked(form.name, target, "fields"), tuple(comment(field.doc))),)
                )
            return group
        assert isinstance(target, f.Union)
        groups = [self._flat_variant(target, variant, field) for variant in target.variants]
        keys = tuple(key for group in groups for key in group.keys)
        text = " // ".join(group.text for group in groups)
        rest = next((group.rest for group in groups if group.rest is not None), None)
        return _Group(((f"({text})", tuple(comment(field.doc))),), keys, keys, rest)

    def _flat_variant(self, union: f.Union, variant: f.Variant, field: f.Field) -> _Group:
        if union.tagging == "external":
            return self._entry_group(variant.name, Said(("nil",)) if variant.form is None else self.type(variant.form))
        if union.tagging == "adjacent":
            return self._adjacent(union, variant)
        keyed = _keyed(self._definition(variant.form), union.keys) if union.keys and variant.form is not None else None
        inner = _Group() if variant.form is None else self._flat(keyed or variant.form, field)
        return inner if union.tagging != "internal" else self._entry_group(union.tag, _named(variant.name)) + inner

    # Unions

    @staticmethod
    def _entry_group(key: str, value: Said, *, optional: bool = False) -> _Group:
        return _Group(((f"{'? ' if optional else ''}{literal(key)}: {value.text}", ()),), (key,))

    def _inner_union(self, form: f.Union) -> Said:
        """Return a union that stands in something else: by name, if it is tagged, since it is long then."""
        made = self._union(form)
        if form.tagging in {"literal", "untagged"} or made.is_plain:
            return made
        names = [each.name for each in form.variants]
        name = "-or-".join(names if len(names) <= _MANY else [names[0], f"{len(names) - 1}-more"])
        return Said((self._helper(name, _wrapped(made)),))

    def _union(self, form: f.Union) -> Said:
        types = [self._variant(form, each) for each in form.variants]
        return choice(types if form.other is None else [*types, *self._others(form, form.other)])

    def _variant(self, union: f.Union, variant: f.Variant) -> Said:
        if union.tagging == "external":
            if variant.form is None:
                return _named(variant.name)
            return Said((f"{{{literal(variant.name)}: {self.type(variant.form).text}}}",))
        if union.tagging == "adjacent":
            return self._adjacent_type(union, variant)
        if union.tagging == "internal":
            return self._internal(union, variant)
        if variant.form is None:
            return Said(("nil",))
        return self._with_keys(variant.form, union.keys)

    def _with_keys(self, form: f.Form, keys: Iterable[str | int]) -> Said:
        """Return a record in which *keys* are always there."""
        record = self._definition(form)
        keyed = _keyed(record, keys)
        if keyed is record or not isinstance(form, f.Reference):
            return self.type(form)
        assert isinstance(keyed, f.Record)
        return Said((self._asked(form.name, keyed, f"with-{'-'.join(map(str, keys))}"),))

    def _internal(self, union: f.Union, variant: f.Variant, tag: Said | None = None) -> Said:
        name = tag or _named(variant.name)
        record = f.Record(name="") if variant.form is None else self._definition(variant.form)
        if not isinstance(record, f.Record):
            return self.type(record)
        first = self._entry_group(union.tag, name)
        if record.layout == "array":
            first = _Group(((_labelled(union.tag, name), ()),))
        if record.layout == "unit":
            record = f.Record(name="")
        known = variant.form.name if isinstance(variant.form, f.Reference) else ""
        brackets, group = self._members(record, first, name=known)
        made = Said((f"{brackets[0]}{group.text}{brackets[1]}",))
        if not record.or_map:
            return made
        as_map = attrs.evolve(record, layout="map", or_map=False)
        return choice((made, self._internal(union, attrs.evolve(variant, form=as_map), tag)))

    def _adjacent(self, union: f.Union, variant: f.Variant, tag: Said | None = None) -> _Group:
        group = self._entry_group(union.tag, tag or _named(variant.name))
        if variant.form is None:
            return group
        return group + self._entry_group(union.content, self.type(variant.form), optional=variant.may_lack_content)

    def _adjacent_type(self, union: f.Union, variant: f.Variant, tag: Said | None = None) -> Said:
        if not union.pair:
            group = self._adjacent(union, variant, tag)
            if variant.form is None and self._reads:
                group += self._entry_group(union.content, Said(("nil",)), optional=True)
            rest = [] if union.forbids or not self._reads else ["* tstr => any"]
            return Said((f"{{{', '.join([group.text, *rest])}}}",))
        items = [(tag or _named(variant.name)).operand]
        content = "nil" if variant.form is None else self.type(variant.form).operand
        items.append(f"? {content}" if variant.may_lack_content else content)
        return Said((f"[{', '.join(items)}]",))

    def _others(self, union: f.Union, other: f.Form) -> list[Said]:
        """Return what stands under names that are not listed."""
        name = other_than(each.name for each in union.variants)
        is_any = isinstance(other, f.Untyped)
        variant = f.Variant(name="", form=other, may_lack_content=is_any)
        if union.tagging == "adjacent":
            return [self._adjacent_type(union, variant, name)]
        if union.tagging == "internal":
            form: f.Form = f.Record(name="", unknown="keep") if is_any else other
            return [self._internal(union, attrs.evolve(variant, form=form), name)]
        under = Said((f"{{{name.operand} => {self.type(other).text}}}",))
        return [name, under] if is_any else [under]


_KINDS: Final[Mapping[type, str]] = {str: "tstr", int: "int", float: "float", bytes: "bstr", bool: "bool"}


def _keyed(form: f.Form, keys: Iterable[str | int]) -> f.Form:
    """Return a record in which *keys* are always there; the same if they are."""
    if not isinstance(form, f.Record):
        return form
    places = [place for place, each in enumerate(form.fields, 1) if each.key in keys]
    least = max([form.least, *places]) if form.layout == "array" else form.least
    if least == form.least and all(form.fields[place - 1].required for place in places):
        return form
    fields = tuple(
        attrs.evolve(each, required=True) if place in places else each for place, each in enumerate(form.fields, 1)
    )
    return attrs.evolve(form, fields=fields, least=least)


def _named(name: str) -> Said:
    return Said((literal(name),))


def _wrapped(made: Said) -> str:
    """Return a type, each of its alternatives on a line if they do not stand on one."""
    is_short = len(made.options) == 1 or len(made.text) <= _WIDTH
    return made.text if is_short else "\n    " + "\n  / ".join(made.options)


def _labelled(label: str, made: Said) -> str:
    """Return an item of an array, with a label that is only for readers."""
    return f"{lowered(label)}: {made.operand}" if label else made.operand


def _told(notes: Iterable[str]) -> list[str]:
    """Return the comment that says what the rule does not."""
    return [line for note in dict.fromkeys(notes) for line in comment(f"Code checks: {note}.")]


def _whole(bound: float | None, nearest: Callable[[float], int]) -> int | None:
    return None if bound is None or math.isinf(bound) else nearest(bound)


def _opaque(form: f.Opaque) -> Said:
    fragment = form.fragments.get("cddl")
    if fragment is None:
        raise SchemaError.at(form.path, "cddl", f"only a hook knows the form of {form.type}")
    return Said((str(fragment),), is_plain=str(fragment).isidentifier())
