//! Reads documents, each with the number of its route, decodes them by serde, and writes them encoded again.
//!
//! A request is a route (2 bytes, big-endian), a length (4 bytes) and the document; an answer is 0, or 1 for an error,
//! then a length (4 bytes), and a document or the error's text.

// --8<-- [start:echo]
use serde::{Serialize, de::DeserializeOwned};
use std::io::{BufReader, BufWriter, Read, Write};
use symphony_peer::messages::{decode, encode};

/// The types that `symphony_codecs.schema.export` made, and the function that knows the type of each route.
#[allow(dead_code)]
mod routes {
    include!(env!("SYMPHONY_ROUTES"));
}

type Answer = Result<Vec<u8>, String>;

fn echo<T: Serialize + DeserializeOwned>(format: u8, bytes: &[u8]) -> Answer {
    let value: T = decode(format, bytes)?;
    encode(format, &value)
}

/// The same for types with flattened fields in CBOR: ciborium writes their maps without a length.
fn echo_by_value<T: Serialize + DeserializeOwned>(format: u8, bytes: &[u8]) -> Answer {
    let value: T = decode(format, bytes)?;
    encode(format, &ciborium::Value::serialized(&value).map_err(|error| error.to_string())?)
}

fn main() -> std::io::Result<()> {
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut output = BufWriter::new(std::io::stdout().lock());
    let mut head = [0; 6];
    while input.read_exact(&mut head).is_ok() {
        let route = u16::from_be_bytes([head[0], head[1]]);
        let mut bytes = vec![0; u32::from_be_bytes([head[2], head[3], head[4], head[5]]) as usize];
        input.read_exact(&mut bytes)?;
        let (is_error, answer) = match routes::answer(route, &bytes) {
            Ok(written) => (0, written),
            Err(error) => (1, error.into_bytes()),
        };
        output.write_all(&[is_error])?;
        output.write_all(&(answer.len() as u32).to_be_bytes())?;
        output.write_all(&answer)?;
    }
    output.flush()
}
// --8<-- [end:echo]
