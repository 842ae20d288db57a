#!/usr/bin/env bash
# Celery raises a class that it has made up where the caller has not imported the module of a task's error.
#
# Version: Celery 5.7.0.
# Guess: what a task raises, `result.get()` raises, and a module that is needed for that is imported, as pickle does.
# Seen: with every serializer but pickle the class is looked up in `sys.modules`. If its module is not there, Celery makes a
# class of the same name, a direct subclass of Exception in the module `celery.exceptions`. And where the class is there but
# its constructor takes something else than `args`, a keyword say, the caller gets a plain `Exception` whose text is
# "<class '...'>(...)"; neither case warns.
# Why it matters: `except DecodeError` does not catch an error that the traceback calls DecodeError, and whether it does
# depends on what else the caller has imported by then. What the error derives from, OSError or ValueError, is lost as well.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check celery==5.7.0
cat > "$work/store.py" <<'EOF'
class OutOfStock(ValueError):
    pass


class NoSuchItem(LookupError):
    def __init__(self, *, item):
        super().__init__(f"no item {item}")
EOF
cd "$work"
"$work/venv/bin/python" - <<'EOF'
import json
import subprocess
import sys

# The worker's half and the caller's, each as Celery's backends do it, in a process of its own.
WORKER = """
import json, store
from celery import Celery
backend = Celery("worker", backend="cache+memory://").backend
errors = (store.OutOfStock("tea"), store.NoSuchItem(item="tea"))
print(json.dumps([backend.prepare_exception(error) for error in errors]))
"""
CALLER = """
import json, sys
{imports}
from celery import Celery
backend = Celery("caller", backend="cache+memory://").backend
for wire in json.load(sys.stdin):
    cls = type(backend.exception_to_python(wire))
    print(cls.__module__, cls.__qualname__, cls.__bases__[0].__name__)
"""


def run(program, text=""):
    result = subprocess.run([sys.executable, "-W", "error", "-c", program], input=text, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
    return result.stdout


wire = run(WORKER)
without, imported = (run(CALLER.format(imports=text), wire).splitlines() for text in ("", "import store"))
print("on the wire:", json.loads(wire))
print("the caller has not imported the module:", without)
print("the caller has imported it:            ", imported)
assert without == ["celery.exceptions OutOfStock Exception", "celery.exceptions NoSuchItem Exception"]
assert imported == ["store OutOfStock ValueError", "builtins Exception BaseException"]
EOF
