"""Settings of Hypothesis for tests with many types and a few values of each."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings


__all__ = ["FEW"]

FEW = settings(
    max_examples=3,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],
)
