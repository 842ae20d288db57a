"""
Measure round trips over a Unix socket between two processes, one for each end, and related traffic.

- One at a time, 16 and 256 in flight, one way, large payloads, through a router.
- The floors are sockets that carry bytes without decoding them: bare, and under asyncio's and uvloop's protocols.  Rows
  "by hand" build, encode and decode envelopes as channels do, but only prefix them with a length.  The peers carry
  ready-made bytes, except for the pickled dicts.
- Contenders take turns, so that a slow moment of the machine affects all of them.  "quiet" is the 25th percentile of
  the turns, "p98" the 98th percentile of warm trips in their quietest quarter.
- Results depend on where the ends run, so this is set: both on one processor, each on its own processor, or anywhere.
- Processor time is that of the processes; time spent waiting does not count.
"""

from __future__ import annotations
