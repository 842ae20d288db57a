#!/usr/bin/env bash
# A struct variant of an adjacently tagged enum is written as an array, and cannot be read from it.
#
# Version: serde 1.0.229, rmp-serde 1.3.1.
# Guess: `rmp_serde::from_slice` reads what `rmp_serde::to_vec` has written, for every derive.
# Seen: `to_vec` writes structs as arrays, so `Point { x: 1 }` becomes ["Point", [1]]. Reading fails: "invalid type: sequence,
# expected struct variant". The derive makes a visitor for maps alone here, and in untagged enums. A newtype variant around a
# struct is read, and so is the same variant with an internal tag.
# Why it matters: the document is lost without an error of its writer. A peer that reads arrays must be given newtype variants.
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
rmp-serde = "=1.3.1"
serde = { version = "=1.0.229", features = ["derive"] }
EOF
cat > "$work/src/main.rs" <<'EOF'
use serde::{Deserialize, Serialize};

#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "t", content = "c")]
enum Adjacent {
    Point { x: u8 },
    Around(Around),
}

#[derive(Debug, Deserialize, Serialize)]
struct Around {
    x: u8,
}

#[derive(Debug, Deserialize, Serialize)]
#[serde(tag = "t")]
enum Internal {
    Point { x: u8 },
}

fn main() {
    let written = rmp_serde::to_vec(&Adjacent::Point { x: 1 }).unwrap();
    let read: Result<Adjacent, _> = rmp_serde::from_slice(&written);
    println!("{written:02x?}\n{read:?}");
    assert!(read.is_err());
    let around = rmp_serde::to_vec(&Adjacent::Around(Around { x: 1 })).unwrap();
    assert!(rmp_serde::from_slice::<Adjacent>(&around).is_ok());
    let internal = rmp_serde::to_vec(&Internal::Point { x: 1 }).unwrap();
    assert!(rmp_serde::from_slice::<Internal>(&internal).is_ok());
}
EOF
cargo run --quiet --manifest-path "$work/Cargo.toml"
