"""The comparison of written forms with read forms: form by form, and through references."""

from __future__ import annotations

from typing import Final

from ..forms import (
    Bytes,
    Document,
    Float,
    Form,
    Integer,
    Null,
    Nullable,
    Opaque,
    Record,
    Reference,
    Text,
    TupleOf,
    Union,
    Untyped,
)
from .findings import FINE, Outcome, any_of, misread, refused, sum_of
from .flattened import unflattened
from .records import compare_entries, entries_of
from .scalars import compare_scalars, is_octets, named
from .sequences import compare_places, places_of
from .unions import compare_unions, first_that_fits, to_union


__all__ = ["compare_documents"]

_ANYTHING: Final = Untyped()


def compare_documents(written: Document, read: Document, own: Document) -> Outcome:
    """
    Return the result of reading the documents of one description by another.

    Args:
        written: The form that encoding writes.
        read: The form that decoding takes.
        own: The form that the writer itself reads: it does not write documents that it would read as another value.
    """
    return _Comparison(written, read, own).compare(written.root, read.root)


class _Comparison:
    """
    Compares pairs of forms, each pair of definitions once.

    Types may hold themselves.  A pair that is met again inside itself is taken for the same: if it is not, the
    difference is found where the pair is compared.
    """

    def __init__(self, written: Document, read: Document, own: Document | None = None) -> None:
        self._own = None if own is None else _Comparison(written, own)
        self._is_json = read.format == "json"
        self._written = written.definitions
        self._read = read.definitions
        self._known: dict[tuple[str | int, str | int], Outcome] = {}
        # The objects whose ids are keys must stay alive.
        self._kept: list[Form] = []

    def written(self, form: Form) -> Form:
        while isinstance(form, Reference):
            form = self._written[form.name]
        return form

    def read(self, form: Form) -> Form:
        while isinstance(form, Reference):
            form = self._read[form.name]
        return form

    def own(self, written: Form, read: Form) -> Outcome | None:
        return None if self._own is None else self._own.compare(written, read)

    def compare(self, written: Form, read: Form) -> Outcome:
        if not isinstance(written, Reference) and not isinstance(read, Reference):
            return self._compare(written, read)
        key = (
            written.name if isinstance(written, Reference) else id(written),
            read.name if isinstance(read, Reference) else id(read),
        )
        if key not in self._known:
            self._kept += (written, read)
            self._known[key] = FINE
            self._known[key] = self._compare(self.written(written), self.read(read))
        return self._known[key]

    def _compare(self, written: Form, read: Form) -> Outcome:
        outcome = self._shapes(written, read)
        rules = [rule for rule in read.checks if rule not in written.checks]
        if rules and not outcome.refused:
            return sum_of([outcome, *(refused(f"the reader has another rule: {rule}") for rule in rules)])
        return outcome

    def _shapes(self, written: Form, read: Form) -> Outcome:
        if isinstance(written, Opaque) or isinstance(read, Opaque):
            return _opaque(written, read)
        if isinstance(written, Untyped):
            return self._from_anything(read)
        if isinstance(written, Union):
            return compare_unions(self, written, read)
        if isinstance(written, Nullable):
            null = self.compare(Null(), read)
            return any_of([null, self.compare(written.inner, read)])
        if isinstance(read, Nullable):
            return FINE if isinstance(written, Null) else self.compare(written, read.inner)
        if isinstance(written, Record):
            return self._record(written, read)
        if isinstance(read, Untyped):
            return self._to_anything(written)
        if isinstance(read, Union):
            return to_union(self, None, written, read)
        return self._values(written, read)

    def _from_anything(self, read: Form) -> Outcome:
        choices = [read.inner] if isinstance(read, Nullable) else []
        if isinstance(read, Union) and read.tagging == "untagged":
            choices = [variant.form for variant in read.variants if variant.form is not None]
        if isinstance(read, Untyped) or any(self.compare(_ANYTHING, choice).is_fine for choice in choices):
            return FINE
        outcome = refused(f"anything is written, {_name(read)} is read")
        is_base64 = isinstance(read, Bytes) and read.base64
        # Nothing that JSON has is meant as bytes.
        return sum_of([outcome, misread("a text is read as bytes", always=True)]) if is_base64 else outcome

    def _record(self, written: Record, read: Form) -> Outcome:
        if written.layout == "unit":
            return self._unit(written, read)
        records = unflattened(written, self.written)
        if records != [written]:
            return any_of(self._record(each, read) for each in records)
        if isinstance(read, Union):
            return to_union(self, None, written, read)
        if isinstance(read, Untyped):
            return self._to_anything(written)
        return self._values(written, read)

    def _unit(self, written: Record, read: Form) -> Outcome:
        if isinstance(read, Record) and not read.fields and read.layout == "unit":
            return FINE
        if written.unit is None:
            return self.compare(Null(), read)
        if isinstance(written.unit, dict):
            return self.compare(Record(name=written.name), read)
        return self.compare(TupleOf(items=()), read)

    def _values(self, written: Form, read: Form) -> Outcome:
        if isinstance(read, Record):
            records = unflattened(read, self.read, reading=True)
            if records != [read]:
                return first_that_fits(self, None, written, [(each.name, each) for each in records])
            if isinstance(written, Null) and read.layout == "unit":
                return FINE
        is_array = isinstance(written, Record) and written.layout == "array"
        entries = None if is_array else entries_of(written)
        if entries is not None:
            theirs = entries_of(read)
            return _mismatch(written, read) if theirs is None else compare_entries(self, entries, theirs)
        places = places_of(written, reading=False)
        if places is not None:
            found = places_of(read, reading=True)
            return _mismatch(written, read) if found is None else compare_places(self, places, found)
        if entries_of(read) is not None or places_of(read, reading=True) is not None:
            return _mismatch(written, read)
        if isinstance(written, Float) and isinstance(read, Text) and read.format == "decimal" and self._is_json:
            return FINE  # of the number's text
        return compare_scalars(written, read)

    def _to_anything(self, written: Form) -> Outcome:
        """Compare with a reader that takes what the format has: where that is another value, it is misread."""
        if isinstance(written, Bytes) and written.base64:
            return misread("bytes are read as their base64 text", always=True)
        if isinstance(written, Integer) and is_octets(written):
            return misread("large integers are read as their 16 bytes")
        is_array = isinstance(written, Record) and written.layout == "array"
        entries = None if is_array else entries_of(written)
        if entries is not None:
            return sum_of(
                [
                    *(self.compare(field.form, _ANYTHING).at(f".{field.key}") for field in entries.fields),
                    *([self.compare(entries.rest.value, _ANYTHING).at("{}").perhaps()] if entries.rest else []),
                ]
            )
        places = places_of(written, reading=False)
        if places is None:
            return FINE
        parts = [self.compare(item.form, _ANYTHING).at(f"[{place}]") for place, item in enumerate(places.items)]
        if places.rest is not None:
            parts.append(self.compare(places.rest, _ANYTHING).at("[]").perhaps())
        return sum_of(parts)


def _opaque(written: Form, read: Form) -> Outcome:
    if isinstance(written, Opaque) and isinstance(read, Opaque) and written.type == read.type:
        return FINE
    if isinstance(read, Untyped):
        return FINE
    return refused(f"{_name(written)} is written, {_name(read)} is read, and only code knows the form of it")


def _name(form: Form) -> str:
    match form:
        case Untyped():
            return "anything"
        case Opaque():
            return form.type
        case Record() | Union() if form.name:
            return form.name
        case Nullable():
            return f"null or {_name(form.inner)}"
        case Reference():
            return form.name
        case _ if entries_of(form) is not None:
            return "a map"
        case _ if places_of(form, reading=False) is not None:
            return "an array"
        case Union():
            return "a member of a union"
        case _:
            return named(form)


def _mismatch(written: Form, read: Form) -> Outcome:
    ours, theirs = _name(written), _name(read)
    if isinstance(written, Record):
        ours += " as an array" if written.layout == "array" else " as a map"
    return refused(f"{ours} is written, {theirs} is read", always=True)
