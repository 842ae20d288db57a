"""A peer in Rust: a crate for frames and serde, and the tests against it."""
