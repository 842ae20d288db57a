"""A program of Rust's that reads and writes with the types that `symphony_codecs.schema.export` makes."""
