"""
The framing, formats and limits of each transport, and how two ends agree on a format.

::

    from symphony_codecs.transports import FormatPolicy

    policy = FormatPolicy.load()
    profile = policy.profile(TransportType.UNIX_SOCKET)
"""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
