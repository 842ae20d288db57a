"""
The format and the compression to send over each transport, from a benchmark's report on your own values.

::

    from symphony_codecs.benchmark import Report
    from symphony_codecs.recommend import default_links, policy_toml, recommend

    report = Report.from_json(Path("report.json").read_bytes())
    found = recommend(report, default_links())
    Path("transports.toml").write_bytes(policy_toml(found))

The time for a message is that to encode it, to compress it, to send its bytes, to inflate and to decode it.  `Link`
describes how fast a transport is, and what reads it: some readers exclude some formats.
"""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
