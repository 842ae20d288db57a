"""
Types as request and response bodies of a Starlette application, in the format that the client asks for.

::

    from starlette.applications import Starlette
    from symphony_codecs.starlette import openapi_route, route

    async def place(order: Order) -> Receipt: ...

    app = Starlette(routes=[route("/orders", place, methods=["POST"]), openapi_route(title="Orders", version="1")])

Bodies are negotiated as `symphony_codecs.transports` does (RFC 9110).  What is
wrong with a request is a problem (RFC 9457), and so are errors of
`symphony_types` that a function raises.  Needs the extra ``starlette``.
"""

from __future__ import annotations

import inspect
import types
import uuid

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import Any, Final, get_type_hints


try:
    from starlette import convertors
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response
    from starlette.routing import BaseRoute, Mount, Route, compile_path
except ImportError:
    raise ImportError("symphony_codecs.starlette needs starlette: install symphony-types[starlette]") from None

from symphony_types import SymphonyError
from symphony_types.checks import describe

from .codec import Codec
from .errors import DecodeError, EncodeError
from .registry import CodecKey, get_codec
from .transports import NotAcceptableError, UnsupportedMediaTypeError, codec_for_content_type, negotiate_content_type
from .transports.openapi import Operation, paths_and_components
from .transports.problems import PROBLEM_TYPE, STATUSES, Problem, Statuses, problem_of_error, problem_of_request


__all__ = ["openapi_route", "problem_response", "route"]

_TEXT: Final = {"type": "string"}
_SCHEMAS: Final[Mapping[type, Mapping[str, Any]]] = {
    convertors.FloatConvertor: {"type": "number"},
    convertors.IntegerConvertor: {"type": "integer"},
    convertors.UUIDConvertor: {**_TEXT, "format": "uuid"},
}
_IN_PATHS: Final = (str, int, float, uuid.UUID)
_FORMATS: Final = ("json", "msgpack", "cbor")
# inspect.isroutine takes a partial for one from Python 3.14 on.
_FUNCTIONS: Final = (types.FunctionType, types.MethodType, types.BuiltinFunctionType)


def problem_response(problem: Problem) -> Response:
    """Return the response that *problem* is."""
    return Response(problem.document, problem.status, dict(problem.headers), PROBLEM_TYPE)


class _Endpoint:
    def __init__(self, path: str, function: Callable[..., Any], codecs: Iterable[CodecKey], statuses: Statuses) -> None:
        self.call = function if inspect.iscoroutinefunction(function) else partial(run_in_threadpool, function)
        self.statuses = statuses
        self.doc = inspect.getdoc(function) or ""
        takes = inspect.signature(function).parameters
        self.path = path
        try:
            hints = get_type_hints(function, include_extras=True)
        except NameError as exc:
            raise TypeError(f"expected annotations that can be resolved for {path}: {exc}") from exc
        returns = hints.pop("return", None)
        self.returns: Any = None if returns is type(None) else returns
        self.request = next((name for name, tp in hints.items() if tp is Request), None)
        self.parameters = [name for name in takes if name != self.request]
        rest = [name for name in self.parameters if name not in compile_path(path)[2]]
        # A `Mount` around the route, which is made later, may have parameters of the types that paths have.
        bodies = [name for name in rest if not any(hints.get(name) is tp for tp in _IN_PATHS)]
        if len(bodies) > 1 or not hints.keys() >= set(rest):
            raise TypeError(_too_many(path, rest))
        self.takes = {name: hints[name] for name in bodies or rest}
        self.offers = [each if isinstance(each, Codec) else get_codec(each) for each in codecs]
        try:
            self._make_coders()
        except (DecodeError, EncodeError) as exc:
            exc.add_note(f"for a body of the route {path}")
            raise

    def _make_coders(self) -> None:
        self.readers = {name: {codec: codec.decoder(tp) for codec in self.offers} for name, tp in self.takes.items()}
        self.writers = {codec: codec.encoder(self.returns) for codec in self.offers if self.returns is not None}

    def body(self, in_path: Collection[str]) -> str | None:
        """
        Return the name of the parameter that gets the body, if there is one.

        Args:
            in_path: The parameters of the whole path, those of mounts too.

        Raises:
            TypeError: Several parameters are left for the body.
        """
        left = [name for name in self.parameters if name not in in_path]
        if len(left) > 1 or not self.takes.keys() >= set(left):
            raise TypeError(_too_many(self.path, left))
        return next(iter(left), None)

    async def respond(self, request: Request) -> Response:
        body = self.body(request.path_params)
        encoding = request.headers.get("content-encoding", "identity")
        if body and encoding.lower() != "identity":
            detail = f"expected a body without Content-Encoding, got {describe(encoding)}"
            return problem_response(Problem(status=415, detail=detail, headers=(("Accept-Encoding", "identity"),)))
        try:
            accept = ", ".join(request.headers.getlist("accept")) or None if self.writers else None
            codec = negotiate_content_type(accept, self.offers)
            arguments: dict[str, Any] = {name: request.path_params[name] for name in self.parameters if name != body}
            if self.request:
                arguments[self.request] = request
            if body:
                arguments[body] = await self._read(request, body)
        except (NotAcceptableError, UnsupportedMediaTypeError, DecodeError) as exc:
            return problem_response(problem_of_request(exc))
        try:
            value = await self.call(**arguments)
        except SymphonyError as exc:
            problem = problem_of_error(exc, self.statuses)
            if problem is None:
                raise
            return problem_response(problem)
        if self.returns is None:
            return Response(status_code=204)
        return Response(self.writers[codec](value), 200, {"Vary": "Accept"}, codec.content_type)

    async def _read(self, request: Request, body: str) -> Any:
        codec = codec_for_content_type(request.headers.get("content-type"), self.offers)
        data = bytearray()
        async for piece in request.stream():
            data += piece
            if len(data) > codec.options.limits.max_size:
                break  # the decoder says so
        return self.readers[body][codec](bytes(data))


def _too_many(path: str, names: Iterable[str]) -> str:
    return f"expected one annotated parameter for the body of {path}, got {', '.join(names)}"


def route(
    path: str,
    function: Callable[..., Any],
    *,
    methods: Sequence[str] = ("GET",),
    codecs: Iterable[CodecKey] = _FORMATS,
    statuses: Statuses = STATUSES,
) -> Route:
    """
    Return a route whose bodies are values.

    Args:
        path: As of any route. Its parameters, and those of a `Mount` around
            it, are arguments of *function*, as far as it takes them.
        function: A function, asynchronous or not, with annotations.  A
            parameter of the class `Request` gets the request; one other that
            is not in the path gets the body.  It returns the value to respond
            with; one annotated to return ``None`` responds with 204.
        methods: HTTP methods.
        codecs: The codecs that read and write bodies, the preferred first.
            Their limits hold: a body beyond ``max_size`` is not read to its
            end.
        statuses: The status codes of errors of `symphony_types`. Others are
            left to Starlette, as any exception is: 500.

    Raises:
        TypeError: It is no function, two parameters are left for the body, that
            has no annotation, or one cannot be resolved.
        DecodeError: A codec cannot read the type of the body.
        EncodeError: A codec cannot write the type of the result.
    """
    name = getattr(function, "__name__", "")
    if not isinstance(function, _FUNCTIONS):
        raise TypeError(f"expected a function for {path}, got {describe(function)}")
    return Route(path, _Endpoint(path, function, codecs, statuses).respond, methods=[*methods], name=name)


def openapi_route(*, title: str, version: str, path: str = "/openapi.json") -> Route:
    """
    Return a route that describes the application's routes made by `route` (OpenAPI 3.1).

    Args:
        title: The application's name.
        version: The application's version.
        path: Where the description is.
    """

    @cache
    def description(app: Any) -> dict[str, Any]:
        return {
            "openapi": "3.1.0",
            "info": {"title": title, "version": version},
            **paths_and_components([*_operations(app.routes, "")]),
        }

    async def respond(request: Request) -> Response:
        return JSONResponse(description(request.app))

    return Route(path, respond)


def _operations(routes: Iterable[BaseRoute], prefix: str) -> Iterator[Operation]:
    for each in routes:
        if isinstance(each, Mount):
            yield from _operations(each.routes, prefix + each.path)
        elif isinstance(each, Route) and isinstance(found := getattr(each.endpoint, "__self__", None), _Endpoint):
            path, parameters = compile_path(prefix + each.path)[1:]
            body = found.body(parameters)
            for method in sorted((each.methods or set()) - {"HEAD"}):
                yield Operation(
                    path=path,
                    method=method.lower(),
                    name=each.name,
                    doc=found.doc,
                    parameters=tuple((name, _SCHEMAS.get(type(each), _TEXT)) for name, each in parameters.items()),
                    takes=None if body is None else found.takes[body],
                    returns=found.returns,
                    codecs=tuple(found.offers),
                )
