"""
`SymphonyError`: the base that makes exception classes out of declared fields.

A variant says its fields as annotations and the rest as class arguments::

    class IpcTransportError(IpcError, variant="Transport", json_rpc_code=-32032):
        _text = "Transport error: {reason}"
        reason: str

Fields are texts.  A single one may be given by position; where there are more,
the class says ``kw_only=True``, which type checkers read too.

Exceptions are not attrs classes: attrs compares exceptions by identity, and
slotted or keyword-only ones lose their notes or themselves in a pickle.  See
`_restorable` for how they cross processes.
"""

from __future__ import annotations

import inspect
import re

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar, dataclass_transform, get_origin

from ._restorable import RestorableError, are_extras, takes_fields
from .checks import TEXT, FieldError, describe


if TYPE_CHECKING:
    from .message.jsonrpc import JsonRpcError


__all__ = ["SymphonyError"]

_S = TypeVar("_S", bound="SymphonyError")

_registry: Final[dict[tuple[str, ...], type[SymphonyError]]] = {}


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()


def _declared_fields(cls: type) -> dict[str, Any]:
    """Return the fields that *cls* itself annotates; without class variables."""
    # evaluated in the class's module, where the names are known by now
    annotations: dict[str, Any] = inspect.get_annotations(cls, eval_str=True)
    return {
        name: kind for name, kind in annotations.items() if kind is not ClassVar and get_origin(kind) is not ClassVar
    }


def wire_name(field: str) -> str:
    """Return a field's name on the wire: ``from_`` is ``from``, which Python keeps for itself."""
    return field.removesuffix("_")


# without eq_default type checkers would take the errors for unhashable
@dataclass_transform(eq_default=False)
class SymphonyError(RestorableError):
    """
    The root of all errors of Symphony, one class per variant of the Rust side's enum.

    Fields are keyword arguments; where there is only one, it may be given by
    position.  Two errors are equal if class and fields are.  They pickle and
    copy with their notes (`add_note`), and hash; fields cannot be set again or deleted.

    The root and the five groups are there to be caught: raise a variant.  A
    subclass without ``variant`` is its parent on the wire; it adds no fields,
    or has an ``__init__`` of its own that calls its parent's.

    Attributes:
        code: Stable text for programs, ``group.variant`` in snake case, such
            as ``ipc.deserialization_failed``.
        json_rpc_code: The JSON-RPC 2.0 error code, unique per variant; see
            `symphony_types.errors`.
        wire_path: The variant's names on the wire from the outside in, such
            as ``("Ipc", "DeserializationFailed")``.
        newtype: Whether the variant holds its one field bare on the wire
            (``{"Config": "text"}``) rather than as a struct.
        __fields__: The names of the fields, in order; all of them hold `str`.

    Raises:
        TypeError: An argument is missing, unknown or no `str`, or the class
            is not a variant.
    """

    code: ClassVar[str] = "symphony"
    json_rpc_code: ClassVar[int] = -32603
    wire_path: ClassVar[tuple[str, ...]] = ()
    newtype: ClassVar[bool] = False
    _kept = ("_origin",)
    _text: ClassVar[str] = ""
    _is_variant: ClassVar[bool] = False

    if TYPE_CHECKING:

        def __init__(self) -> None: ...  # of what has no fields; type checkers make the others

    else:

        @takes_fields
        def __init__(self, *args: object, **kwargs: object) -> None:
            cls = type(self)
            fields = cls.__fields__
            if not cls._is_variant:
                known = ", ".join(sorted(sub.__name__ for sub in cls._variants_below()))
                raise TypeError(f"{cls.__name__} is not raised itself, but one of {known}")
            extras = args[len(fields) :]
            if args:
                if len(args) < len(fields) or (extras and not are_extras(extras)):
                    raise TypeError(f"{cls.__name__}() takes keyword arguments: {', '.join(fields) or 'none'}")
                for name, value in zip(fields, args, strict=False):
                    if name in kwargs:
                        raise TypeError(f"{cls.__name__}() got multiple values for argument {name!r}")
                    kwargs[name] = value
            for name in kwargs:
                if name not in fields:
                    raise TypeError(f"{cls.__name__}() got an unexpected keyword argument {name!r}")
            for name in fields:
                if name not in kwargs:
                    raise TypeError(f"{cls.__name__}() missing required argument: {name!r}")
                TEXT.check(kwargs[name], (name,))
                setattr(self, name, kwargs[name])
            super(RestorableError, self).__init__(*(kwargs[name] for name in fields))
            if extras:
                self._add(*extras)

    def __init_subclass__(
        cls,
        *,
        variant: str | None = None,
        json_rpc_code: int | None = None,
        group: bool = False,
        kw_only: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init_subclass__(**kwargs)
        if variant is None:
            if "__init__" not in cls.__dict__ and _declared_fields(cls):
                raise TypeError(f"{cls.__name__} adds fields, so it needs an __init__ or a variant of its own")
            return
        cls.wire_path = (*cls.wire_path, variant)
        cls.code = ".".join(_snake(name) for name in cls.wire_path)
        if group:
            return
        if json_rpc_code is None or cls.wire_path in _registry:
            raise TypeError(f"{cls.__name__} needs a json_rpc_code and a wire path of its own")
        fields = _declared_fields(cls)
        wrong = [name for name, kind in fields.items() if kind is not str]
        if wrong:
            raise TypeError(f"{cls.__name__} fields must be str: {', '.join(wrong)}")
        if kw_only is not (len(fields) > 1):
            raise TypeError(f"{cls.__name__} needs kw_only=True for several fields, and for no others")
        cls.json_rpc_code = json_rpc_code
        cls.__fields__ = tuple(fields)
        cls.newtype = len(cls.wire_path) == 1
        cls._is_variant = True
        _registry[cls.wire_path] = cls

    @classmethod
    def _variants_below(cls) -> Iterator[type[SymphonyError]]:
        return (sub for sub in _registry.values() if issubclass(sub, cls))

    @classmethod
    def variants(cls: type[_S]) -> Mapping[tuple[str, ...], type[_S]]:
        """Return the variants under this class by their `wire_path`, in declaration order."""
        return {path: sub for path, sub in _registry.items() if issubclass(sub, cls)}

    @classmethod
    def from_wire_path(cls: type[_S], path: tuple[str, ...]) -> type[_S]:
        """
        Return the variant under this class at *path*, such as ``("Ipc", "Transport")``.

        Raises:
            FieldError: No class has that path (a `ValueError`).
        """
        found = _registry.get(tuple(path))
        if found is None or not issubclass(found, cls):
            known = ", ".join("::".join(known) for known in cls.variants())
            raise FieldError("unknown_tag", (), f"one of {known}", describe("::".join(path)))
        return found

    def fields(self) -> dict[str, str]:
        """Return the declared fields by name, in order."""
        return {name: getattr(self, name) for name in self.__fields__}

    def to_wire(self) -> str | dict[str, Any]:
        """Return what serde writes for this, externally tagged: a `str`, or a new `dict` with one key."""
        fields = self.fields()
        body: Any
        if self.newtype:
            (body,) = fields.values()
        else:
            body = {wire_name(name): value for name, value in fields.items()}
        *outer, inner = self.wire_path
        form: str | dict[str, Any] = {inner: body} if fields else inner
        for name in reversed(outer):
            form = {name: form}
        return form

    @classmethod
    def from_wire(cls: type[_S], form: object) -> _S:
        """
        Return the error that `to_wire` describes as *form*; unknown fields of a struct are ignored, as serde does.

        Raises:
            FieldError: *form* does not describe a variant under this class (a
                `ValueError`); its ``path`` says where.
        """
        # imported here because it needs this class
        from ._error_wire import error_from_wire

        error = error_from_wire(form)
        if not isinstance(error, cls):
            raise FieldError("unknown_tag", (), f"a {cls.__name__}", type(error).__name__)
        return error

    def to_json_rpc(self) -> JsonRpcError:
        """
        Return the JSON-RPC 2.0 error object that says this, notes included.

        Its ``message`` is this error's text, its ``data`` an object with
        ``code``, ``error`` (as `to_wire` has it) and, if there are any,
        ``notes`` and ``issues``.  The latter are the first hundred of a
        subclass that has a tuple of `Issue` by that name, each with ``path``,
        whose keys are cut after 1,000 characters, ``code`` and ``message``.  An error that came from a foreign one goes
        back as it came.
        """
        from ._error_wire import error_to_json_rpc

        return error_to_json_rpc(self)

    @staticmethod
    def from_json_rpc(error: JsonRpcError) -> SymphonyError:
        """
        Return the error that a JSON-RPC 2.0 error object says.

        One that `to_json_rpc` made comes back equal, with its notes.  A
        foreign one becomes the variant that has its code and can hold its
        message: as ``message`` or ``reason``, or as a note where there are no
        fields; `OtherError` if there is none.  The error remembers the object,
        so that `to_json_rpc` gives it back unchanged.  This never fails.
        """
        from ._error_wire import error_from_json_rpc

        return error_from_json_rpc(error)

    @staticmethod
    def from_exception(exception: BaseException) -> SymphonyError:
        """
        Return the variant that *exception* becomes, as the Rust side's ``From`` does.

        ===============================  ============================================
        a `SymphonyError`                itself
        `TimeoutError`                   `TimedOutError`
        any other `OSError`              `IoError`, `PermissionError` too
        `json.JSONDecodeError`           `SerializationError`
        a malformed UUID's `ValueError`  `OtherError`, its text after ``UUID error: ``
        anything else                    `OtherError`
        ===============================  ============================================

        *exception* becomes the ``__cause__``, also without ``raise ... from``.
        """
        from ._error_wire import error_from_exception

        return error_from_exception(exception)

    def __setattr__(self, name: str, value: object) -> None:
        if name in self.__fields__ and name in self.__dict__:
            raise AttributeError(f"field {name!r} of {type(self).__name__} cannot be set again")
        super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if name in self.__fields__:
            raise AttributeError(f"field {name!r} of {type(self).__name__} cannot be deleted")
        super().__delattr__(name)

    def __str__(self) -> str:
        return self._text.format(**self.fields())

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.fields().items())
        return f"{type(self).__name__}({shown})"

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash((type(self), *self.fields().values()))

    def _argument(self, name: str) -> Any:
        value = super()._argument(name)
        if name not in self._kept:
            return value
        from ._error_wire import origin_argument

        return origin_argument(value)
