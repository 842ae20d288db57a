"""
Files of records: converted, read, looked at, put into Parquet; and what a process costs that does it.

- Inputs are made anew for each run: records of about 500 bytes, the same ones every time.  Ids and moments do not
  repeat, processes and sessions do.
- Commands have a process of their own, each from its start to its end: imports and closing of files count.  So do
  those that they are compared with.
- Contenders take turns, so that a slow moment of the machine hits all of them; medians count.
- Peak memory is that of the largest process (``ru_maxrss``), the sum of all processes is shown beside it.
"""

from __future__ import annotations
