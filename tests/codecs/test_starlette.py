"""Bodies of a real Starlette application, asked by httpx: every format, every refusal, and its description."""

from __future__ import annotations

import asyncio
import functools
import uuid

from collections.abc import Sequence
from typing import Any

import attrs
import httpx
import jsonschema
import pytest

from openapi_spec_validator import OpenAPIV31SpecValidator
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import BaseRoute, Mount

from symphony_codecs import DecodeError, EncodeError, get_codec
from symphony_codecs.starlette import openapi_route, problem_response, route
from symphony_codecs.transports.problems import Problem
from symphony_types import ResourceLockedError, SymphonyError, WorkflowNotFoundError
from symphony_types.checks import IntRange


@attrs.frozen
class Order:
    """An order of a customer."""

    name: str
    count: int = attrs.field(validator=IntRange(1, 9))
    key: uuid.UUID | None = None
    parts: list[Order] = attrs.Factory(list)


@attrs.frozen
class Receipt:
    order: Order
    total: float


class Other:
    @attrs.frozen
    class Order:
        """Another class of the same name."""

        id: int


ORDER = Order("tea", 2, uuid.UUID(int=7), [Order("milk", 1)])
WORKFLOW = str(uuid.UUID(int=9))


async def place(order: Order) -> Receipt:
    """Take an order.

    It is not delivered.
    """
    return Receipt(order, 1.5 * order.count)


def find(number: int, request: Request) -> Order | None:
    return Order(request.headers["x-name"], number) if number else None


async def remove(name: str) -> None:
    assert name


async def fail(order: Other.Order) -> Order:
    if order.id == 1:
        raise WorkflowNotFoundError(WORKFLOW)
    if order.id == 2:
        raise ResourceLockedError("r")
    if order.id == 3:
        get_codec("json").decode(b"{}", Order)  # a document of the server's own
    return Order(5, 1)  # type: ignore[arg-type]


ROUTES: list[BaseRoute] = [
    route("/orders", place, methods=["POST"]),
    route("/orders/{number:int}", find),
    Mount("/shop", routes=[route("/{name}", remove, methods=["DELETE"]), route("/fail", fail, methods=["POST"])]),
    openapi_route(title="Shop", version="1.2"),
]
APP = Starlette(routes=ROUTES)


def ask(method: str, path: str, *, app: Starlette = APP, **options: Any) -> httpx.Response:
    async def run() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://shop") as client:
            return await client.request(method, path, **options)

    return asyncio.run(run())


@pytest.mark.parametrize("sent", ["json", "msgpack", "cbor"])
@pytest.mark.parametrize("wanted", ["json", "msgpack", "cbor"])
def test_formats(sent: str, wanted: str) -> None:
    headers = {"content-type": get_codec(sent).content_type, "accept": get_codec(wanted).content_type}
    answer = ask("POST", "/orders", content=get_codec(sent).encode(ORDER), headers=headers)

    assert (answer.status_code, answer.headers["content-type"]) == (200, get_codec(wanted).content_type)
    assert answer.headers["vary"] == "Accept"
    assert get_codec(wanted).decode(answer.content, Receipt) == Receipt(ORDER, 3.0)


def test_parameters() -> None:
    assert get_codec("json").decode(ask("GET", "/orders/3", headers={"x-name": "tea"}).content, Order) == Order(
        "tea", 3
    )
    assert ask("GET", "/orders/0").content == b"null"
    assert ask("DELETE", "/shop/tea", headers={"accept": "text/html"}).status_code == 204
    assert ask("GET", "/orders/x").status_code == 404


BIG = b'{"name":"' + b"x" * 2**24 + b'"}'


@pytest.mark.parametrize(
    ("content", "headers", "status", "text"),
    [
        (b'{"name":"tea","count":12}', {}, 422, "$.count"),
        (b"{}", {}, 422, "name"),
        (b'{"name":"tea","coun', {}, 400, "at line 1"),
        (b"", {}, 400, "empty"),
        (b"{} 1", {}, 400, ""),
        (BIG, {}, 413, "at most 16777216 bytes"),
        (b"x", {"content-type": "text/plain"}, 415, "expected a Content-Type of application/json"),
        (b"x", {"content-type": ""}, 415, "expected a Content-Type"),
        (b"x", {"content-encoding": "gzip"}, 415, "without Content-Encoding, got"),
        (b"x", {"accept": "text/html"}, 406, "to be acceptable, got Accept"),
    ],
    ids=lambda value: None if isinstance(value, (int, str)) else str(value)[:30],
)
def test_refusals(content: bytes, headers: dict[str, str], status: int, text: str) -> None:
    answer = ask("POST", "/orders", content=content, headers={"content-type": "application/json", **headers})
    found = answer.json()

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert (found["status"], found["type"]) == (status, "about:blank")
    assert text in found["detail"]
    assert ("issues" in found) == (status in {400, 413, 422})
    if status == 415:
        assert "application/cbor" in answer.headers.get("accept", "") or answer.headers["accept-encoding"] == "identity"
    for issue in found.get("issues", ()):
        assert issue.keys() == {"path", "code", "message"}


def test_errors_of_the_function() -> None:
    """Errors with a status are problems; all others stay the server's own."""
    answer = ask("POST", "/shop/fail", json={"id": 1})
    assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")
    assert get_codec("json").decode(get_codec("json").encode(answer.json()["error"]), SymphonyError) == (
        WorkflowNotFoundError(WORKFLOW)
    )
    assert ask("POST", "/shop/fail", json={"id": 2}).status_code == 423
    with pytest.raises(SymphonyError, match="missing"):
        ask("POST", "/shop/fail", json={"id": 3})
    with pytest.raises(EncodeError):
        ask("POST", "/shop/fail", json={"id": 4})
    teapot = Starlette(routes=[route("/", fail, methods=["POST"], statuses={SymphonyError: 418})])
    assert ask("POST", "/", app=teapot, json={"id": 2}).status_code == 418


def two(first: Order, second: Order) -> None: ...


def lost(order: Nowhere) -> None: ...  # type: ignore[name-defined]  # noqa: F821


class Plain:
    """No codec takes it."""


def plain(order: Plain) -> None: ...


def test_types_that_no_codec_takes() -> None:
    with pytest.raises(DecodeError, match="unsupported type") as caught:
        route("/x", plain)
    assert caught.value.__notes__ == ["for a body of the route /x"]


def bare(order) -> None: ...  # type: ignore[no-untyped-def]


@pytest.mark.parametrize(
    ("function", "text"),
    [
        (two, "one annotated parameter for the body of /x, got first, second"),
        (bare, "one annotated parameter for the body of /x, got order"),
        (lost, "annotations that can be resolved for /x: name 'Nowhere' is not defined"),
        (functools.partial(place), "a function for /x, got partial"),
        (Order, "a function for /x, got"),
    ],
)
def test_functions_that_fit_no_body(function: Any, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        route("/x", function)


async def shelve(shop: str, order: Order) -> Receipt:
    return Receipt(attrs.evolve(order, name=f"{shop}/{order.name}"), 1.0)


def open_shop(shop: int) -> list[str]:
    return [str(shop)]


def greet(name: str) -> str:
    return f"hello {name}"


def add(left: int, right: int) -> int:
    return left + right


MOUNTED = Starlette(
    routes=[
        Mount(
            "/shops/{shop}",
            routes=[
                route("/orders", shelve, methods=["POST"]),
                Mount("/doors/{left:int}", routes=[route("/add", add, methods=["POST"])]),
            ],
        ),
        Mount("/numbers/{shop:int}", routes=[route("/", open_shop)]),
        route("/greet", greet, methods=["POST"]),
        route("/add", add, methods=["POST"]),
    ]
)


@pytest.mark.parametrize(
    ("method", "path", "body", "answer"),
    [
        ("POST", "/shops/a/orders", {"name": "tea", "count": 1}, {"name": "a/tea", "count": 1}),
        ("POST", "/shops/a/doors/3/add", 4, 7),
        ("GET", "/numbers/5/", None, ["5"]),
        ("POST", "/greet", "Ada", "hello Ada"),  # no path has it, so it is the body
    ],
)
def test_parameters_of_mounts(method: str, path: str, body: Any, answer: Any) -> None:
    """Parameters of a path around the route are arguments, and never the body."""
    options = {} if body is None else {"json": body}
    found = ask(method, path, app=MOUNTED, **options)
    assert found.status_code == 200, found.text
    read = found.json()["order"] if path.endswith("/orders") else found.json()
    assert {name: read[name] for name in answer} == answer if isinstance(answer, dict) else read == answer


def test_parameters_that_no_path_has() -> None:
    """Two parameters left for one body are an error of the application, at the first request."""
    with pytest.raises(TypeError, match="one annotated parameter for the body of /add, got left, right"):
        ask("POST", "/add", app=MOUNTED, json=1)


def test_description_of_mounts() -> None:
    """Only what is left for the body is one."""
    routes = [*MOUNTED.routes[:3], openapi_route(title="Shop", version="1")]
    found = ask("GET", "/openapi.json", app=Starlette(routes=routes)).json()
    OpenAPIV31SpecValidator(found).validate()
    paths = found["paths"]
    assert "requestBody" not in paths["/numbers/{shop}/"]["get"]
    assert "$ref" in str(paths["/shops/{shop}/orders"]["post"]["requestBody"])
    add = paths["/shops/{shop}/doors/{left}/add"]["post"]
    assert [each["name"] for each in add["parameters"]] == ["shop", "left"]
    assert "requestBody" in add


@pytest.mark.parametrize(
    ("status", "title"),
    [
        (100, "Continue"),
        (199, "Informational"),
        (299, "Successful"),
        (399, "Redirection"),
        (404, "Not Found"),
        (499, "Client Error"),
        (520, "Server Error"),
        (599, "Server Error"),
    ],
)
def test_status_codes_of_problems(status: int, title: str) -> None:
    """Any status code may be one, with the phrase of its class if it is not registered."""
    problem = Problem(status=status)
    assert (problem.status, problem.title) == (status, title)


@pytest.mark.parametrize("status", [99, 600, 0, -1])
def test_status_codes_out_of_range(status: int) -> None:
    with pytest.raises(ValueError, match="status"):
        Problem(status=status)


def test_problem() -> None:
    answer = problem_response(Problem(status=409, title="Taken", headers=(("Retry-After", "9"),), more={"owner": "me"}))
    assert (answer.status_code, answer.headers["retry-after"]) == (409, "9")
    assert answer.body == b'{"type": "about:blank", "title": "Taken", "status": 409, "owner": "me"}'


def test_description() -> None:
    """The description is valid, and the schemas in it take what is sent and what comes."""
    found = ask("GET", "/openapi.json").json()
    OpenAPIV31SpecValidator(found).validate()

    assert found["info"] == {"title": "Shop", "version": "1.2"}
    assert found["paths"].keys() == {"/orders", "/orders/{number}", "/shop/{name}", "/shop/fail"}
    order = found["paths"]["/orders"]["post"]
    assert (order["operationId"], order["summary"], order["description"]) == (
        "place",
        "Take an order.",
        "It is not delivered.",
    )
    assert order["requestBody"]["content"].keys() == {"application/json", "application/msgpack", "application/cbor"}
    assert found["paths"]["/orders/{number}"]["get"]["parameters"][0]["schema"] == {"type": "integer"}
    assert "204" in found["paths"]["/shop/{name}"]["delete"]["responses"]

    def check(schema: dict[str, Any], value: Any) -> bool:
        whole = {**schema, "components": found["components"]}
        return bool(jsonschema.Draft202012Validator(whole).is_valid(value))

    takes = order["requestBody"]["content"]["application/json"]["schema"]
    gives = order["responses"]["200"]["content"]["application/json"]["schema"]
    other = found["paths"]["/shop/fail"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert check(takes, {"name": "tea", "count": 1})
    assert not check(takes, {"name": "tea", "count": 10})
    assert check(gives, ask("POST", "/orders", json={"name": "tea", "count": 1}).json())
    assert not check(gives, {"order": {"name": "tea"}, "total": 1})
    assert check(other, {"id": 1})
    assert not check(other, {"name": "tea", "count": 1})


def test_own_codecs() -> None:
    """Codecs with options are taken as everywhere."""
    loud = get_codec("json").with_options(rename=str.upper)

    def routes() -> Sequence[BaseRoute]:
        return [route("/orders", place, methods=["POST"], codecs=[loud]), openapi_route(title="Shop", version="1")]

    app = Starlette(routes=list(routes()))
    assert ask("POST", "/orders", app=app, json={"NAME": "tea", "COUNT": 1}).json()["ORDER"]["NAME"] == "tea"
    schemas = ask("GET", "/openapi.json", app=app).json()["components"]["schemas"]
    assert schemas["OrderInput"]["required"] == ["NAME", "COUNT"]


@attrs.frozen
class Sum:
    of: int = 1


@attrs.frozen
class SumInput:
    text: str


def test_description_where_names_meet() -> None:
    """No class takes the component of another, no method the identifier of another, and paths name all parameters."""

    def turn(body: Sum) -> SumInput:
        return SumInput(str(body.of))

    def back(body: SumInput) -> Sum:
        return Sum(int(body.text))

    def count() -> Sum:
        return Sum(7)

    turn.__annotations__ = {"body": Sum, "return": SumInput}
    back.__annotations__ = {"body": SumInput, "return": Sum}
    count.__annotations__ = {"return": Sum}
    routes = [
        route("/turn", turn, methods=["POST", "PUT"]),
        route("/back", back, methods=["POST"]),
        Mount("/of/{owner:int}", routes=[route("/{number:int}/count", count)]),
        openapi_route(title="Sums", version="1"),
    ]
    app = Starlette(routes=routes)
    assert ask("GET", "/of/1/2/count", app=app).json() == {"of": 7}
    found = ask("GET", "/openapi.json", app=app).json()
    OpenAPIV31SpecValidator(found).validate()

    assert [found["paths"]["/turn"][method]["operationId"] for method in ("post", "put")] == ["turn", "turn_2"]
    counted = found["paths"]["/of/{owner}/{number}/count"]["get"]
    assert [each["name"] for each in counted["parameters"]] == ["owner", "number"]

    def members(media: dict[str, Any]) -> set[str]:
        name = media["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        return set(found["components"]["schemas"][name]["properties"])

    turned, backed = found["paths"]["/turn"]["post"], found["paths"]["/back"]["post"]
    assert members(turned["requestBody"]) == members(backed["responses"]["200"]) == {"of"}
    assert members(turned["responses"]["200"]) == members(backed["requestBody"]) == {"text"}
