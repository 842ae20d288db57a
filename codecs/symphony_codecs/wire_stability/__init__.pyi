from .check import AssertWireStable as AssertWireStable
