"""Which executor runs, the reason if it is not the engine, and the warning if it could be."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import sysconfig
import types

import pytest

from symphony_codecs import executor


NOT_COMPILED = "it was not compiled when the package was installed"
MODULE = "symphony_codecs.compiled._decode"
COMPILED = importlib.util.find_spec(MODULE) is not None

# Runs before the package is imported: the module is missing, or cannot be loaded.
MISSING = f"import sys; sys.modules[{MODULE!r}] = None"
BROKEN = f"""
import sys
class Broken:
    def find_spec(self, name, path, target=None):
        if name == {MODULE!r}:
            raise ImportError("undefined symbol: PyNothing")
sys.meta_path.insert(0, Broken())
"""
USE = """
import warnings
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    from symphony_codecs import executor, get_codec
    codec = get_codec("json")
    at_import = len(caught)
    codec.encode(1, int), codec.decode(b"1", int), codec.copy().encoder(str)
print(executor.ENGINE, at_import, len(caught), executor.UNAVAILABLE_BECAUSE, sep="|")
for warning in caught:
    print(warning.category.__name__, warning.message)
"""
AS_ERROR = """
import warnings
warnings.simplefilter("error", RuntimeWarning)
from symphony_codecs import executor, get_codec
executor._unsaid = iter(["slow"])
for _ in range(2):
    try:
        print(get_codec("json").decode(b"1", int))
    except RuntimeWarning as warning:
        print(warning)
"""
IN_ANOTHER_INTERPRETER = """
import sys
import _xxsubinterpreters as interpreters
import symphony_codecs.executor
interpreters.run_string(interpreters.create(), f'''
import os, sys
sys.path[:] = {sys.path!r}
from symphony_codecs import executor
os.write(1, "|".join([executor.ENGINE, executor.UNAVAILABLE_BECAUSE, *executor._unsaid]).encode())
''')
"""


def run(code: str, pure: str = "") -> list[str]:
    """Run *code* in a fresh interpreter and return the lines that it prints."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "SYMPHONY_PURE": pure}
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, timeout=60)
    assert result.returncode == 0, result.stderr
    return result.stdout.splitlines()


@pytest.mark.skipif(
    bool(sysconfig.get_config_var("Py_GIL_DISABLED")) or sys.implementation.name != "cpython",
    reason="the engine is not for this interpreter",
)
@pytest.mark.parametrize(
    ("before", "reason"), [(MISSING, NOT_COMPILED), (BROKEN, "it cannot be loaded: undefined symbol: PyNothing")]
)
def test_a_missing_engine_causes_one_warning_at_the_first_use(before, reason):
    """The warning has the reason and a remedy; importing the package and getting a codec do not warn."""
    state, *warned = run(before + USE)

    assert state == f"python|0|1|{reason}"
    (text,) = warned
    assert text.startswith("RuntimeWarning symphony_codecs runs without its compiled engine")
    assert reason in text
    assert "SYMPHONY_PURE=1" in text


def test_the_warning_as_an_error_is_no_issue_of_a_document():
    """With warnings as errors, the first use raises the warning itself, and the second use works."""
    assert run(AS_ERROR, pure="1") == ["slow", "1"]


@pytest.mark.parametrize("before", ["", MISSING, BROKEN], ids=["there", "missing", "broken"])
def test_no_warning_where_the_engine_is_turned_off(before):
    """SYMPHONY_PURE is the user's choice."""
    assert run(before + USE, pure="1") == ["python|0|0|SYMPHONY_PURE is set"]


@pytest.mark.skipif(not COMPILED, reason="there is no engine here")
def test_no_warning_with_the_engine():
    """Where the engine runs, no reason is given."""
    assert run(USE) == ["compiled|0|0|"]


@pytest.mark.parametrize(
    ("implementation", "free_threaded", "reason"),
    [("pypy", 0, "pypy is not CPython"), ("cpython", 1, "this Python is free-threaded")],
)
def test_interpreters_that_cannot_run_the_engine_do_not_warn(monkeypatch, implementation, free_threaded, reason):
    """The reason names the interpreter; the user could install nothing to change that."""
    monkeypatch.delenv("SYMPHONY_PURE", raising=False)
    monkeypatch.setattr(
        executor, "sys", types.SimpleNamespace(implementation=types.SimpleNamespace(name=implementation))
    )
    monkeypatch.setattr(
        executor, "sysconfig", types.SimpleNamespace(get_config_var={"Py_GIL_DISABLED": free_threaded}.get)
    )

    assert executor._load() == (None, None, executor._extents, reason, [])


@pytest.mark.skipif(not COMPILED, reason="there is no engine here")
def test_a_subinterpreter_has_the_right_reason():
    """The modules load in only one interpreter of a process; the reason in the others says so."""
    pytest.importorskip("_xxsubinterpreters", reason="this Python has no such module, or another name for it")
    ((name, reason, *warned),) = (line.split("|") for line in run(IN_ANOTHER_INTERPRETER))

    assert name == "python"
    assert reason.startswith("it cannot be loaded: ")
    assert any(text in reason for text in executor._SUBINTERPRETER)
    assert not warned
