"""JSON with the texts of its numbers, for a `decimal.Decimal`."""

from __future__ import annotations

import json
import math
import re

from typing import Final

from ._json_numbers import Beyond, Texts
from ._json_text import decoded, exact_int, judge, without_long_int
from .base import Limits


__all__ = ["loads"]

_NUMBER: Final = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")


def loads(data: bytes, limits: Limits) -> tuple[object, Texts]:
    """
    Read JSON, and return with it the texts of all numbers except ints.

    Raises:
        orjson.JSONDecodeError: For what is not one JSON value; a number
            beyond a float's range is one.
        FormatError: As for `decoded`.
    """
    texts = Texts()

    def parse_float(text: str) -> object:
        value = float(text)
        if math.isinf(value):
            texts.beyond.append(Beyond(text))
            return texts.beyond[-1]
        texts.floats[id(value)] = text
        return value

    def parse_int(text: str) -> object:
        return parse_float(text) if text == "-0" else exact_int(text)

    judge(data, _without_great_number)
    # A float of builtins keeps its id as long as they are there, and one that is dropped while reading leaves it to
    # another, whose text takes the place of its own.
    return decoded(data, limits, json.JSONDecoder(parse_int=parse_int, parse_float=parse_float)), texts


def _without_great_number(match: re.Match[bytes]) -> bytes:
    token = without_long_int(match)
    is_great = _NUMBER.fullmatch(token) is not None and math.isinf(float(token))
    return b"0".ljust(len(token)) if is_great else token
