"""A peer in Rust: a crate that speaks frames and serde, and the tests that talk to it."""
