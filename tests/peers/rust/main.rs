//! Reads lines of a route and bytes in hexadecimal; answers each with the bytes that serde writes of what it has read.

#![allow(dead_code)]

mod routes;

use std::io::{BufRead, Write};

type Answer = Result<Vec<u8>, String>;

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

fn json<T: serde::Serialize + serde::de::DeserializeOwned>(bytes: &[u8]) -> Answer {
    let value: T = serde_json::from_slice(bytes).map_err(text)?;
    serde_json::to_vec(&value).map_err(text)
}

fn msgpack<T: serde::Serialize + serde::de::DeserializeOwned>(bytes: &[u8]) -> Answer {
    let value: T = rmp_serde::from_slice(bytes).map_err(text)?;
    rmp_serde::to_vec_named(&value).map_err(text)
}

fn msgpack_compact<T: serde::Serialize + serde::de::DeserializeOwned>(bytes: &[u8]) -> Answer {
    let value: T = rmp_serde::from_slice(bytes).map_err(text)?;
    rmp_serde::to_vec(&value).map_err(text)
}

fn cbor<T: serde::Serialize + serde::de::DeserializeOwned>(bytes: &[u8]) -> Answer {
    let value: T = ciborium::from_reader(bytes).map_err(text)?;
    let mut written = Vec::new();
    ciborium::into_writer(&value, &mut written).map_err(text)?;
    Ok(written)
}

/// The same for types with flattened fields, of which serde does not know how many there are.
fn cbor_by_value<T: serde::Serialize + serde::de::DeserializeOwned>(bytes: &[u8]) -> Answer {
    let value: T = ciborium::from_reader(bytes).map_err(text)?;
    let mut written = Vec::new();
    ciborium::into_writer(&ciborium::Value::serialized(&value).map_err(text)?, &mut written).map_err(text)?;
    Ok(written)
}

fn bytes_of(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.as_bytes();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn main() {
    let mut output = std::io::BufWriter::new(std::io::stdout().lock());
    for line in std::io::stdin().lock().lines() {
        let line = line.unwrap();
        let (route, hexadecimal) = line.split_once(' ').unwrap();
        match routes::answer(route, &bytes_of(hexadecimal)) {
            Ok(written) => {
                let digits: String = written.iter().map(|byte| format!("{byte:02x}")).collect();
                writeln!(output, "ok {digits}").unwrap();
            }
            Err(error) => writeln!(output, "error {error:?}").unwrap(),
        }
    }
}
