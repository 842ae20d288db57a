"""The rules of domain types take time linear in the document, whatever grows in it: calls are counted, not seconds."""

from __future__ import annotations

import copy
import functools
import itertools
import sys
import tomllib
import uuid

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from symphony_codecs import Codec, get_codec
from symphony_types import (
    ConfigOption,
    ConfigProperty,
    ConfigType,
    Constraint,
    DimensionScore,
    QualityDimension,
    QualityScore,
    QualityWeights,
    manifest_from_toml_document,
)
from tests.samples import SAMPLES


# More than a manifest may have: what refuses all sizes, or none, does the same work for each.
MORE_TAGS = 21
# A place is the way to it.
Place = tuple[str | int, ...]

CHOICES = ConfigType.enum([ConfigOption(value="a")])
# What the samples lack: values of settings beside the types that they are of.
SETTINGS = [
    ConfigProperty(name="x", property_type=ConfigType.array(kind), default=[default], constraints=constraints)
    for kind, default, constraints in [
        (CHOICES, "a", [Constraint.min_length(0)]),
        (ConfigType.array(CHOICES), ["a"], []),
        (
            ConfigType.object(
                [
                    ConfigProperty(
                        name="y",
                        property_type=ConfigType.STRING,
                        constraints=[Constraint.max_length(9), Constraint.pattern("a")],
                    )
                ]
            ),
            {"y": "a"},
            [],
        ),
    ]
]


def documents() -> Iterator[tuple[Any, Any]]:
    """Yield type and builtins of a sample of each type, the one that holds most lists and maps."""
    converter = get_codec("json").converter
    richest: dict[Any, tuple[int, Any]] = {}
    for as_type, value in SAMPLES.values():
        tree = converter.unstructure(value, as_type)
        count = len(list(growing(tree)))
        if count > richest.get(as_type, (0, None))[0]:
            richest[as_type] = count, tree
    yield from ((as_type, tree) for as_type, (_, tree) in richest.items())
    yield from ((ConfigProperty, converter.unstructure(setting, ConfigProperty)) for setting in SETTINGS)


def growing(tree: Any, way: Place = ()) -> Iterator[Place]:
    """Yield the places of lists and maps in *tree* that are not empty."""
    if isinstance(tree, (dict, list)) and tree:
        yield way
        for key, item in tree.items() if isinstance(tree, dict) else enumerate(tree[:1]):
            yield from growing(item, (*way, key))


def varied(tree: Any, number: int) -> Any:
    """Return *tree* with other texts, and other ids of which those that were equal are equal again."""
    if isinstance(tree, dict):
        return {varied(key, number) if is_uuid(key) else key: varied(item, number) for key, item in tree.items()}
    if isinstance(tree, list):
        return [varied(item, number) for item in tree]
    if is_uuid(tree):
        return str(uuid.uuid5(uuid.NAMESPACE_OID, f"{tree}{number}"))
    return f"{tree}{number}" if isinstance(tree, str) and tree.isalpha() and tree.islower() else tree


def is_uuid(text: Any) -> bool:
    return isinstance(text, str) and len(text) == 36 and text.count("-") == 4


def grown(tree: Any, ways: tuple[Place, ...], *, size: int, vary: Callable[[Any, int], Any]) -> Any:
    """Return *tree* with *size* more entries at each of *ways*, none of which leads into another."""
    document = copy.deepcopy(tree)
    for way in ways:
        place = document
        for step in way:
            place = place[step]
        if isinstance(place, list):
            place += [vary(place[0], number) for number in range(size)]
        else:
            key, item = next(iter(place.items()))
            for number in range(size):
                place[varied(key, number) if is_uuid(key) else f"{key}{number}"] = vary(item, number)
    return document


def calls(function: Callable[[], object]) -> int:
    """Return how many functions *function* calls, those of C included."""
    count = 0

    def profile(_frame: object, event: str, _argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(profile)
    try:
        function()
    except Exception:  # noqa: BLE001 - refusing must be linear, too
        pass
    finally:
        sys.setprofile(None)
    return count


def is_linear(work: Callable[[int], Callable[[], object]], size: int) -> bool:
    """Return whether the second doubling of *size* costs about twice as much as the first."""
    for first in (1, size):  # what is made but once, for a good document and a bad one
        calls(work(first))
    once, twice, four = (calls(work(size * factor)) for factor in (1, 2, 4))
    return four - twice <= 2.5 * (twice - once) + 400


def test_quadratic_work_is_seen() -> None:
    """The measure tells work that grows with the square from work that does not."""
    assert is_linear(lambda size: lambda: [abs(n) for n in range(size)], 40)
    assert not is_linear(lambda size: lambda: [abs(n) for n in range(size) for _ in range(size)], 40)


VARY: dict[str, Callable[[Any, int], Any]] = {"different": varied, "alike": lambda tree, _: tree}


def reader(read: Callable[[Any], object], grow: Callable[..., Any], size: int) -> Callable[[], object]:
    return functools.partial(read, grow(size=size))


def unlinear(documents: Iterator[tuple[Any, Any]], read: Callable[[Any], Callable[[Any], object]]) -> list[Any]:
    """Return the type, places and kind of growth of what costs more than linear time; *read* is by type."""
    found: list[Any] = []
    seen = 0
    for as_type, tree in documents:
        reads, places = read(as_type), list(growing(tree))
        # A rule is about fields of one object, and what is in them.
        pairs = list(itertools.combinations([way for way in places if len(way) <= 2], 2))
        for ways, name in [*((pair, "different") for pair in pairs), *itertools.product(zip(places), VARY)]:
            if len(ways) == 2 and ways[1][: len(ways[0])] == ways[0]:
                continue
            seen += 1
            grow = functools.partial(grown, tree, ways, vary=VARY[name])
            if not is_linear(functools.partial(reader, reads, grow), MORE_TAGS):
                found.append((as_type, ways, name))
    assert seen > 50
    return found


def test_reading_is_linear(json: Codec) -> None:
    """However many entries a list or a map of any domain type has, or two of them, each costs the same."""

    def read(as_type: Any) -> Callable[[Any], object]:
        hook = json.converter.get_structure_hook(as_type)
        return lambda document: hook(document, as_type)

    assert unlinear(documents(), read) == []


def test_reading_a_manifest_of_toml_is_linear(checkout: Path) -> None:
    """So does each table and array of a Symphony.toml."""
    document = tomllib.loads((checkout / "tests/data/Symphony.toml").read_text())

    assert unlinear(iter([(None, document)]), lambda _: manifest_from_toml_document) == []


class Counted(dict[str, Any]):
    """A table that counts how often tables are compared, which no profiler sees."""

    compared = 0

    __hash__ = None  # type: ignore[assignment]

    def __eq__(self, other: object) -> bool:
        Counted.compared += 1
        return super().__eq__(other)


def test_permissions_are_not_compared_with_each_other() -> None:
    """Permissions are told apart by their texts."""
    items = [Counted({"Custom": f"p{number % 50}"}) for number in range(100)]

    assert manifest_from_toml_document({"permissions": items})["permissions"] == items[:50]
    assert Counted.compared <= 200


def test_scores_are_weighted_in_linear_time() -> None:
    """Each dimension is looked up, whatever the number of weights."""
    dimensions = [QualityDimension.custom(f"d{number:03}") for number in range(200)]

    def work(size: int) -> Callable[[], object]:
        scores = [DimensionScore(item, 0.5) for item in dimensions[:size]]
        weights = QualityWeights.equal(dimensions[:size])
        return lambda: QualityScore.from_dimensions(scores, weights)

    assert is_linear(work, 40)
