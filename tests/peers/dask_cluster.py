"""A Dask cluster of two processes on loopback: it writes its address, and exits when its standard input ends."""

from __future__ import annotations

import sys

from distributed import LocalCluster


if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        sys.stdout.write(f"{cluster.scheduler_address}\n")
        sys.stdout.flush()
        sys.stdin.read()
