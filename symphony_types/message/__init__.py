"""Messages: envelopes, JSON-RPC, and the frames that carry them."""

from __future__ import annotations

from symphony_types._lazy import attach


__getattr__, __dir__ = attach(__name__)
