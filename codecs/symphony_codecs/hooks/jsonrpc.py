"""The one JSON-RPC message that is not a plain class: a response has a result or an error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._base import Shape, StructureHook, UnstructureHook
from .structs import StructShape


if TYPE_CHECKING:
    from ..converter import WireConverter


__all__ = ["JsonRpcResponseShape", "without_nulls"]


def without_nulls(value: Any) -> Any:
    """Return a response's builtins without what null stands for: no error, or in an array no result."""
    if type(value) is list and len(value) == 4:
        version, result, error, request = value
        held = {"result": result} if error is None else {"error": error}
        if error is not None and result is not None:
            held["result"] = result  # both: the class refuses it
        return {"jsonrpc": version, **held, "id": request}
    if type(value) is dict and value.get("error", value) is None:
        return {key: item for key, item in value.items() if key != "error"}
    return value


class JsonRpcResponseShape(Shape):
    """
    A `JsonRpcResponse`: the one of ``result`` and ``error`` that it has.

    In an array both have a place; null in that of the error means success.
    """

    @staticmethod
    def kinds(tp: Any, converter: WireConverter) -> frozenset[type]:
        """Return map and array."""
        return frozenset((dict, list))

    @staticmethod
    def structure(tp: Any, converter: WireConverter) -> StructureHook:
        """Return the struct's hook behind one that leaves out what null stands for."""
        read = StructShape.structure(tp, converter)

        def structure_response(value: Any, _: Any) -> Any:
            return read(without_nulls(value), tp)

        return structure_response

    @staticmethod
    def unstructure(tp: Any, converter: WireConverter) -> UnstructureHook:
        """Return the struct's hook."""
        return StructShape.unstructure(tp, converter)
