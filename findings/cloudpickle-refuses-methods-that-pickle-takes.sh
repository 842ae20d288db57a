#!/usr/bin/env bash
# cloudpickle does not take all that pickle takes: a bound method is for it a function and an object, not a name.
#
# Version: cloudpickle 3.1.2.
# Guess: cloudpickle extends pickle, so what pickle writes cloudpickle writes too, and what comes back is the same.
# Seen: pickle writes a bound method as `getattr(object, name)`, and the object as its `__reduce__` says. cloudpickle writes
# it as `MethodType(function, object)`, and the function by value unless a module has it. A function that refers to a lock
# is refused. One that refers to nothing of the kind comes back as another function with its globals of then, where pickle
# gives back the attribute that the other process has.
# Why it matters: Dask and Ray use cloudpickle. An object that is cheap to send by name, such as a codec's function, fails
# there after it has worked in every pool of the standard library.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check cloudpickle==3.1.2
cat > "$work/named.py" <<'PY'
import threading
import types


class Named:
    """One object for each name; its method is made when the object is."""

    def __init__(self, name, guard):
        self.name = name

        def call(self, value):
            return (guard, value)[1]

        self.call = types.MethodType(call, self)

    def __reduce__(self):
        return find, (self.name,)


def find(name):
    return ALL[name]


ALL = {"plain": Named("plain", None), "locked": Named("locked", threading.Lock())}
PY
cd "$work"
"$work/venv/bin/python" - <<'PY'
import pickle

import cloudpickle
from named import ALL

for name, each in ALL.items():
    assert pickle.loads(pickle.dumps(each.call)) is each.call
    try:
        back = pickle.loads(cloudpickle.dumps(each.call))
        print(name, "comes back as the same method:", back is each.call, back == each.call)
        assert name == "plain"
        assert back.__self__ is each
        assert back.__func__ is not each.call.__func__
    except TypeError as error:
        print(name, error)
        assert name == "locked"
        assert "lock" in str(error)
PY
