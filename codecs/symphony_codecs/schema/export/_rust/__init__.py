"""The parts of Rust code: names, types, items, default values, and what derives lack."""
