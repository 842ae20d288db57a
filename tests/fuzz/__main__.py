"""
Fuzz one target, guided by coverage of C and Python: ``python -m tests.fuzz TARGET FOLDER [libFuzzer's options]``.

FOLDER takes the inputs that reach new code.  `.ci/fuzz` builds the engine for it.
"""

from __future__ import annotations

import hashlib
import sys

from pathlib import Path

import atheris


# Where Python reads bytes; more would take long to instrument.
READERS = ("formats", "framing", "python", "transports", "cli.typerefs", "schema.export.saved")

with atheris.instrument_imports(include=[f"symphony_codecs.{name}" for name in READERS]):
    from tests.fuzz.seeds import corpus, seeds
    from tests.fuzz.targets import TARGETS


def main() -> None:
    """Fuzz until libFuzzer's options say that it is enough, or a fault is found."""
    name, folder, *options = sys.argv[1:]
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    # What is merged into a folder of seeds is what they do not reach.
    given = seeds(name) if "-merge=1" in options else [*seeds(name), *corpus(name)]
    for data in given:
        (place / hashlib.sha256(data).hexdigest()[:16]).write_bytes(data)
    atheris.Setup([sys.argv[0], folder, *options], TARGETS[name])
    atheris.Fuzz()


main()
