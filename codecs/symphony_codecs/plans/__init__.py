"""
Plans: what is to be done for the values of a type, worked out once, as data.

cattrs is where types are registered, and its hooks say what is right; a plan
says the same without them, so that an engine can do it in one go.  A type
that has a hook of the user's, or that the planner does not know, is a `Hook`
in the plan.
"""

from __future__ import annotations

from .planner import plan_for


__all__ = ["plan_for"]
