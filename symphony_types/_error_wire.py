"""How errors become other things and come back: wire forms, JSON-RPC error objects, exceptions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

import attrs

from ._error_base import SymphonyError, wire_name
from ._uuid_text import UuidError
from .checks import TEXT, FieldError, FieldTypeError, cut, describe
from .traits.validatable import Issue, PathElement


if TYPE_CHECKING:
    from .message.jsonrpc import JsonRpcError


__all__ = ["error_from_exception", "error_from_json_rpc", "error_from_wire", "error_to_json_rpc", "origin_argument"]

# where a foreign JSON-RPC error object is kept, with the notes that it brought; as a dict once `args` have carried it
_ORIGIN: Final = "_origin"
# what `uuid.UUID` says, whose errors are plain: a text, bytes or a number that is no UUID
_UUID_TEXTS: Final = (
    "badly formed hexadecimal UUID string",
    "bytes is not a 16-char string",
    "bytes_le is not a 16-char string",
    "int is out of range (need a 128-bit value)",
)
_MAX_ISSUES: Final = 100


def _as_mapping(value: object) -> Mapping[object, Any] | None:
    return cast("Mapping[object, Any]", value) if isinstance(value, Mapping) else None


def _tag(form: object, path: tuple[str, ...]) -> tuple[str, Any, bool]:
    """Return the variant's name, what it holds, and whether it holds anything."""
    if isinstance(form, str):
        return form, None, False
    held = _as_mapping(form)
    if held is None:
        raise FieldTypeError("wrong_type", path, "a variant's name or a map of one", describe(form))
    if len(held) != 1:
        raise FieldError("wrong_arity", path, "a map of one entry", f"{len(held)} entries")
    ((name, value),) = held.items()
    if not isinstance(name, str):
        raise FieldTypeError("wrong_type", path, "a variant's name", describe(name))
    return name, value, True


def error_from_wire(form: object) -> SymphonyError:
    """Return the error whose externally tagged form is *form*."""
    variants = SymphonyError.variants()
    path: tuple[str, ...] = ()
    body, has_body = form, True
    while path not in variants:
        if path and not any(known[: len(path)] == path for known in variants):
            outer = path[:-1]
            known = ", ".join(dict.fromkeys(known[len(outer)] for known in variants if known[: len(outer)] == outer))
            raise FieldError("unknown_tag", outer, f"one of {known}", describe(path[-1]))
        if not has_body:
            raise FieldTypeError("wrong_type", path, "a map of one entry", "nothing")
        name, body, has_body = _tag(body, path)
        path = (*path, name)
    cls = variants[path]
    return cls(**_arguments(cls, body, has_body))


def _arguments(cls: type[SymphonyError], body: Any, has_body: bool) -> dict[str, Any]:
    path, fields = cls.wire_path, cls.__fields__
    if not fields:
        if body is not None:
            raise FieldTypeError("wrong_type", path, "nothing", describe(body))
        return {}
    if not has_body:
        raise FieldTypeError("wrong_type", path, "what the variant holds", "nothing")
    if cls.newtype:
        (name,) = fields
        given: Mapping[object, Any] = {name: body}
    else:
        held = _as_mapping(body)
        if held is None:
            raise FieldTypeError("wrong_type", path, "a map of the variant's fields", describe(body))
        given = {name: held[wire_name(name)] for name in fields if wire_name(name) in held}
    for name in fields:
        where = path if cls.newtype else (*path, wire_name(name))
        if name not in given:
            raise FieldError("missing_field", where, f"field {wire_name(name)!r}", "nothing")
        TEXT.check(given[name], where)
    return {name: given[name] for name in fields}


def _notes(error: BaseException) -> list[str]:
    return list(getattr(error, "__notes__", ()))


def _data(error: SymphonyError) -> dict[str, Any]:
    data: dict[str, Any] = {"code": error.code, "error": error.to_wire()}
    if notes := _notes(error):
        data["notes"] = notes
    if issues := _issues(error):
        data["issues"] = issues
    return data


def _step(element: PathElement) -> PathElement:
    return cut(element) if isinstance(element, str) else element


def _issues(error: SymphonyError) -> list[dict[str, Any]]:
    """Return what the errors of codecs list, as far as one message should carry it."""
    issues = getattr(error, "issues", ())
    if not isinstance(issues, tuple):
        return []
    return [
        {"path": list(map(_step, issue.path)), "code": issue.code, "message": issue.message}
        for issue in cast("tuple[object, ...]", issues)[:_MAX_ISSUES]
        if isinstance(issue, Issue)
    ]


def error_to_json_rpc(error: SymphonyError) -> JsonRpcError:
    """Return the JSON-RPC error object for *error*."""
    from .message.jsonrpc import JsonRpcError

    origin = error.__dict__.get(_ORIGIN)
    if origin is None:
        return JsonRpcError(code=error.json_rpc_code, message=str(error), data=_data(error))
    foreign, notes = origin
    if not isinstance(foreign, JsonRpcError):
        foreign = JsonRpcError(**foreign)
    if _notes(error) == notes:
        return foreign
    data = _data(error)
    data["origin"] = {"code": foreign.code, "message": foreign.message, "data": foreign.data}
    return JsonRpcError(code=foreign.code, message=foreign.message, data=data)


def error_from_json_rpc(error: JsonRpcError) -> SymphonyError:
    """Return the error that a JSON-RPC error object says."""
    result = _own(error)
    if result is None:
        result = _nearest(error)
    # whatever would not go back the same (a foreign object, a newer peer's) is kept as it is
    if error_to_json_rpc(result) != error:
        setattr(result, _ORIGIN, (error, _notes(result)))
    return result


def origin_argument(origin: tuple[JsonRpcError | dict[str, Any], list[str]]) -> tuple[dict[str, Any], list[str]]:
    """Return a kept JSON-RPC error object with its notes as JSON can say it."""
    foreign, notes = origin
    return foreign if isinstance(foreign, dict) else attrs.asdict(foreign, recurse=False), notes


def _own(error: JsonRpcError) -> SymphonyError | None:
    """Return the error that `error_to_json_rpc` wrote, or ``None`` if it did not."""
    from .message.jsonrpc import JsonRpcError

    data = _as_mapping(error.data)
    if data is None or "error" not in data:
        return None
    notes = data.get("notes", ())
    if isinstance(notes, str) or not isinstance(notes, (list, tuple)):
        return None
    try:
        result = error_from_wire(data["error"])
        origin = _as_mapping(data.get("origin"))
        if origin is not None:
            foreign = JsonRpcError(code=origin["code"], message=origin["message"], data=origin["data"])
            setattr(result, _ORIGIN, (foreign, _notes(result)))
        for note in cast("list[Any]", notes):
            result.add_note(note)
    except (ValueError, TypeError, KeyError):
        return None
    return result


def _nearest(error: JsonRpcError) -> SymphonyError:
    from . import errors

    for cls in SymphonyError.variants().values():
        if cls.json_rpc_code == error.code:
            # an id, say, must not be taken for a message
            if cls.__fields__ in {("message",), ("reason",)}:
                return cls(**dict.fromkeys(cls.__fields__, error.message))
            if not cls.__fields__:
                result = cls()
                result.add_note(error.message)
                return result
    return errors.OtherError(error.message)


def error_from_exception(exception: BaseException) -> SymphonyError:
    """Return the variant that *exception* becomes, with it as the cause."""
    import json

    from . import errors

    if isinstance(exception, SymphonyError):
        return exception
    text = str(exception) or type(exception).__name__
    result: SymphonyError
    if isinstance(exception, TimeoutError):
        result = errors.TimedOutError(text)
    elif isinstance(exception, OSError):
        result = errors.IoError(text)
    elif isinstance(exception, json.JSONDecodeError):
        result = errors.SerializationError(text)
    elif isinstance(exception, UuidError) or (isinstance(exception, ValueError) and text in _UUID_TEXTS):
        result = errors.OtherError(f"UUID error: {text}")
    else:
        result = errors.OtherError(text)
    result.__cause__ = exception
    return result
