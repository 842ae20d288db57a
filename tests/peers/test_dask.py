"""``symphony convert --dask``: the parts of a file are converted on a real cluster."""

from __future__ import annotations

import subprocess
import sys

from collections.abc import Iterator
from pathlib import Path

import pytest


pytestmark = pytest.mark.peers

CLUSTER = Path(__file__).with_name("dask_cluster.py")
DATA = b"".join(b'{"major":%d,"minor":2,"patch":3}\n' % number for number in range(300)) + b'{"major":-1}\n'


@pytest.fixture(scope="module", name="address")
def _address() -> Iterator[str]:
    pytest.importorskip("distributed")
    with subprocess.Popen(
        [sys.executable, CLUSTER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout.readline().strip()
        process.stdin.close()
        process.wait(60)


def convert(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = ["convert", "json", "msgpack", "in.jsonl", *arguments, "--type", "Version", "--part-size", "1000"]
    return subprocess.run(
        [sys.executable, "-m", "symphony_codecs", *command], cwd=folder, capture_output=True, text=True, timeout=120
    )


def test_a_cluster_gives_the_same_as_one_process(address: str, tmp_path: Path) -> None:
    """Output, bad records and exit code are equal."""
    (tmp_path / "in.jsonl").write_bytes(DATA)
    alone = convert(tmp_path, "alone")
    together = convert(tmp_path, "together", "--dask", address)

    assert (alone.returncode, together.returncode) == (1, 1), together.stderr
    assert "300 records converted" in together.stderr
    for suffix in ("", ".bad"):
        assert (tmp_path / f"alone{suffix}").read_bytes() == (tmp_path / f"together{suffix}").read_bytes()
    assert not (tmp_path / "together.parts").exists()


def test_parts_of_an_earlier_run_are_reused(address: str, tmp_path: Path) -> None:
    """A cluster continues the work of a process, since the parts are the same."""
    (tmp_path / "in.jsonl").write_bytes(DATA)
    whole = convert(tmp_path, "whole")
    parts = tmp_path / "out.parts"
    # The first run ends after its first part.
    script = (
        "import sys\n"
        "from symphony_codecs.__main__ import main\n"
        "from symphony_codecs.cli.convert.job import Job\n"
        "finish = Job.finish_part\n"
        "def stop(self, index, *rest):\n"
        "    finish(self, index, *rest)\n"
        "    raise KeyboardInterrupt\n"
        "Job.finish_part = stop\n"
        "sys.exit(main(sys.argv[1:]))\n"
    )
    command = ["convert", "json", "msgpack", "in.jsonl", "out", "--type", "Version", "--part-size", "1000"]
    first = subprocess.run([sys.executable, "-c", script, *command], cwd=tmp_path, capture_output=True, timeout=60)

    assert first.returncode == 130, first.stderr
    assert [path.name for path in parts.glob("part-*.json")] == ["part-000000.json"]
    assert convert(tmp_path, "out", "--dask", address).returncode == whole.returncode
    assert (tmp_path / "out").read_bytes() == (tmp_path / "whole").read_bytes()


def test_an_unreachable_cluster(tmp_path: Path) -> None:
    """The error says that the cluster cannot be reached."""
    (tmp_path / "in.jsonl").write_bytes(DATA)
    done = convert(tmp_path, "out", "--dask", "tcp://127.0.0.1:1")

    assert done.returncode == 2
    assert "cannot connect to tcp://127.0.0.1:1" in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["in.jsonl"]
