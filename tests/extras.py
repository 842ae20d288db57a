"""
Which tests need more than the extra ``test``: they skip without it.

``make test-bench`` runs those that need the extra ``bench``, and ``make test-peers`` all others:
``python -m tests.extras`` prints their paths.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys

from collections.abc import Iterable
from pathlib import Path
from types import ModuleType

from symphony_codecs.cli.errors import UsageError


__all__ = ["ALSO", "NEEDED", "importable", "missing"]

NEEDED = {
    "codecs/arrow": ("pyarrow",),
    "codecs/benchmark/test_winners.py": ("jinja2", "vl_convert"),
    "codecs/brokers/test_kombu.py": ("kombu",),
    "codecs/schema/export/test_cddl.py": ("cddl_verifier",),
    "codecs/schema/export/test_forms_hold.py": ("jsonschema",),
    "codecs/schema/export/test_json_schema.py": ("jsonschema",),
    "codecs/test_starlette.py": ("starlette", "httpx", "jsonschema", "openapi_spec_validator"),
    "test_transcripts.py": ("jinja2", "scipy", "vl_convert"),
    "test_packaging.py": ("Cython", "hatchling", "setuptools", "pip"),
}
"""Files and folders of tests, and the modules that they need."""

ALSO = ("codecs/cli/test_convert.py", "test_docs.py", "test_exceptions.py", "test_exports.py")
"""Files with some tests that need the extra ``test-peers``, and sweeps over all of our modules that can be imported."""

_OF_BENCH = "codecs/benchmark/"


_TESTS = Path(__file__).resolve().parent


def missing(path: Path) -> str:
    """Return which modules that a file of tests needs are not installed, and the extra that has them; none: empty."""
    if os.environ.get("SYMPHONY_REQUIRE_EXTRAS"):  # an import that fails shows itself
        return ""
    inside = path.relative_to(_TESTS)
    needed = [name for place in (inside, *inside.parents) for name in NEEDED.get(place.as_posix(), ())]
    absent = [name for name in needed if importlib.util.find_spec(name) is None]
    extra = "bench" if inside.as_posix().startswith(_OF_BENCH) else "test-peers"
    return f"the extra {extra} has {', '.join(absent)}" if absent else ""


def importable(names: Iterable[str]) -> list[ModuleType]:
    """Import our modules, but for those of an extra that is not installed."""
    found = []
    for name in names:
        try:
            found.append(importlib.import_module(name))
        except (ImportError, UsageError) as error:
            package = (getattr(error, "name", None) or "symphony").partition(".")[0]
            is_extra = "symphony-types[" in str(error) or not package.startswith("symphony")
            if not is_extra or os.environ.get("SYMPHONY_REQUIRE_EXTRAS"):
                raise
    return found


if __name__ == "__main__":
    places = [place for place in (*NEEDED, *ALSO) if not place.startswith(_OF_BENCH)]
    sys.stdout.write(" ".join(f"tests/{place}" for place in places) + "\n")
