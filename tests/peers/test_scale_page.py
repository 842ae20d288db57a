"""The blocks of docs/scale.md that need Dask and Ray run, after those that `tests/test_docs.py` runs."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys

from pathlib import Path

import pytest


ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
BLOCKS = dict(zip(("Dask", "Ray"), re.findall(r"^```py\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL), strict=True))
# The setup of each block: Dask needs its own cluster on loopback.
BEFORE = {
    "Dask": "from distributed import LocalCluster\n"
    "cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)\n",
    "Ray": "",
}
REPLACED = {
    "Dask": ('Client("tcp://10.0.0.7:8786")', "Client(cluster.scheduler_address)"),
    "Ray": ("ray.init()", "ray.init(num_cpus=2, include_dashboard=False, object_store_memory=100 * 2**20)"),
}
AFTER = {"Dask": "cluster.close()\n", "Ray": "ray.shutdown()\n"}

pytestmark = [pytest.mark.peers, pytest.mark.checkout]


@pytest.mark.parametrize(("name", "module"), [("Dask", "distributed"), ("Ray", "ray")])
def test_blocks_run(name, module, tmp_path):
    """They run as on the page, except for the address; the workers give the same result as the pool."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"the extra test-peers has {module}, where there are wheels for this Python")
    (first, *_) = re.findall(r"^```python\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    old, new = REPLACED[name]
    assert old in BLOCKS[name]
    block = BEFORE[name] + BLOCKS[name].replace(old, new) + AFTER[name] + 'assert found == {"m0", "m1", "m2"}\n'
    program = first + "".join(f"    {line}\n" for line in ["found = set()", *block.splitlines()])
    script = tmp_path / "page.py"
    script.write_text(program, encoding="utf-8")
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "codecs")))}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=110, env=environ)
    assert done.returncode == 0, done.stderr[-2000:]
