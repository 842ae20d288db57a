#!/usr/bin/env bash
# Dask calls the class of an error with a text of its own where the error's text is long.
#
# Version: distributed 2026.8.0.
# Guess: an exception that pickles is raised again by `future.result()` with its class and its attributes, whatever its
# text is; only tracebacks are cut (`distributed.admin.max-error-length`).
# Seen: where str(error) is longer than 10,000 characters, the worker sends `type(error)("Long error message", text)`. A
# class whose constructor takes two arguments is raised with these two as its fields; of any other class a plain
# `Exception` is raised, so that `except` with the class does not catch it.
# Why it matters: errors that list what is wrong with a document are long when most is wrong. The handler that reads their
# fields is passed by, or reads "Long error message" where a path or a code should be.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check distributed==2026.8.0
cat > "$work/faults.py" <<'PY'
class One(Exception):
    def __init__(self, text):
        super().__init__(text)


class Two(Exception):
    def __init__(self, path, text):
        super().__init__(path, text)
        self.path = path


def fail(cls, *args):
    raise cls(*args)
PY
cat > "$work/main.py" <<'PY'
from distributed import Client, LocalCluster
from faults import One, Two, fail

if __name__ == "__main__":
    seen = {}
    with LocalCluster(n_workers=1, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster:
        with Client(cluster) as client:
            for size in (9_000, 11_000):
                for cls, args in ((One, ("x" * size,)), (Two, ("$.a", "x" * size))):
                    seen[cls, size] = client.submit(fail, cls, *args).exception()
    for (cls, size), error in seen.items():
        print(cls.__name__, size, type(error).__name__, str(error.args)[:40])
    assert seen[One, 9_000].args == ("x" * 9_000,)
    assert seen[Two, 9_000].path == "$.a"
    assert type(seen[One, 11_000]) is Exception
    assert type(seen[Two, 11_000]) is Two
    assert seen[Two, 11_000].path == "Long error message"
PY
cd "$work"
export DASK_LOGGING__DISTRIBUTED=critical
"$work/venv/bin/python" main.py
