#!/usr/bin/env bash
# A unit that ciborium has written cannot be read inside an untagged enum.
#
# Version: serde 1.0.229, ciborium 0.2.2.
# Guess: `#[serde(untagged)]` (and internal tags, and `flatten`) reads all that can be read outside of it.
# Seen: serde buffers the value; ciborium says of null that it is `None`, and serde's buffer takes that for an option alone.
# So `()` and unit structs are refused there: "invalid type: Option value, expected unit", or no variant fits.
# JSON's null comes back from the same types.
# Why it matters: a struct with such a field is read alone, and no longer once somebody puts it into an untagged enum.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/src"
cat > "$work/Cargo.toml" <<'EOF'
[package]
name = "finding"
version = "0.0.0"
edition = "2021"

[dependencies]
ciborium = "=0.2.2"
serde = { version = "=1.0.229", features = ["derive"] }
serde_json = "1"
EOF
cat > "$work/src/main.rs" <<'EOF'
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, PartialEq, Serialize)]
struct Held {
    nothing: (),
}

#[derive(Debug, Deserialize, PartialEq, Serialize)]
#[serde(untagged)]
enum Either {
    Held(Held),
}

fn main() {
    let mut written = Vec::new();
    ciborium::into_writer(&Either::Held(Held { nothing: () }), &mut written).unwrap();
    let alone: Result<Held, _> = ciborium::from_reader(&written[..]);
    let buffered: Result<Either, _> = ciborium::from_reader(&written[..]);
    println!("{alone:?}\n{buffered:?}");
    assert!(alone.is_ok() && buffered.is_err());
    assert!(serde_json::from_str::<Either>("{\"nothing\":null}").is_ok());
}
EOF
cargo run --quiet --manifest-path "$work/Cargo.toml"
