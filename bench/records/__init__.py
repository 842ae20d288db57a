"""
Measure files of records: convert, read and inspect them and write Parquet; time and memory of the processes.

- Each run writes its inputs: the same records of about 500 bytes every time.  Ids and times are unique, processes and
  sessions repeat.
- Each command runs in a process of its own, which is measured from start to end, including imports and closing files.
  The contenders that they are compared with are measured in the same way.
- Contenders take turns, so that a slow moment of the machine affects all of them; medians count.
- Peak memory is that of the largest process (``ru_maxrss``); the sum of all processes is shown beside it.
"""

from __future__ import annotations
