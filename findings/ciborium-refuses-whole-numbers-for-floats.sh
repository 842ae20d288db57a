#!/usr/bin/env bash
# A float of Rust is read from a whole number in JSON and MessagePack, and not in CBOR.
#
# Version: ciborium 0.2.2, serde 1.0.229, serde_json 1.0.154, rmp-serde 1.3.1.
# Guess: an f64 is read from the integer 1 in every format, as serde's own visitor for floats takes integers.
# Seen: ciborium asks the visitor for no integer where a float is declared: "invalid type: integer `1`, expected float".
# Why it matters: JavaScript has one type of numbers, and its encoders write 1.0 as the integer 1. A field `ratio: f64` is then
# read until somebody sends a whole number.
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
rmp-serde = "=1.3.1"
serde = "=1.0.229"
serde_json = "=1.0.154"
EOF
cat > "$work/src/main.rs" <<'EOF'
fn main() {
    // The byte 0x01 is the integer 1 in CBOR and in MessagePack.
    let cbor: Result<f64, _> = ciborium::from_reader(&[1u8][..]);
    println!("{cbor:?}");
    assert!(cbor.is_err());
    assert_eq!(rmp_serde::from_slice::<f64>(&[1]).unwrap(), 1.0);
    assert_eq!(serde_json::from_str::<f64>("1").unwrap(), 1.0);
}
EOF
cargo run --quiet --manifest-path "$work/Cargo.toml"
