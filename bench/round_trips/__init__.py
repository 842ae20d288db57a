"""
Round trips over a Unix socket between two processes, one for each end, and what is near them.

- One at a time, 16 and 256 in flight, one way, large payloads, through a router.
- The floors are sockets that carry bytes which nobody reads: bare, and under asyncio's and uvloop's protocols.  Rows
  "by hand" do the work that the channels do, with a length in the place of everything that a channel is for: they
  make, encode and decode envelopes.  The peers carry ready-made bytes, but for the pickled dicts.
- Contenders take turns, so that a slow moment of the machine hits all of them.  "quiet" is the 25th percentile of the
  turns, "p98" that of warm trips in the quietest quarter of them.
- Where the ends run decides much, so it is given: both on one processor, each on one of its own, or anywhere.
- Processor time is that of the processes, whatever they have waited for.
"""

from __future__ import annotations
