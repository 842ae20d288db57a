//! Decodes a document of a type, given by name, in the format with a number, and encodes it again.

use std::collections::BTreeMap;
use std::io::{Read, Write};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use symphony_peer::messages::{decode, encode};
use uuid::Uuid;

// --8<-- [start:fields]
#[derive(Serialize, Deserialize)]
struct Fields {
    id: Uuid,
    at: DateTime<Utc>,
    day: NaiveDate,
    took: std::time::Duration,
    count: u32,
    share: f64,
    note: Option<String>,
    tags: Vec<String>,
    pair: (i64, String),
    by_name: BTreeMap<String, bool>,
}
// --8<-- [end:fields]

// --8<-- [start:options]
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Options {
    user_name: String,
    #[serde(rename = "mail")]
    address: String,
    #[serde(alias = "old_size")]
    size: u8,
    #[serde(default)]
    level: i32,
    #[serde(default = "ten")]
    limit: u16,
}

fn ten() -> u16 {
    10
}
// --8<-- [end:options]

// --8<-- [start:left-out]
#[derive(Serialize, Deserialize)]
struct LeftOut {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    tags: Vec<String>,
}
// --8<-- [end:left-out]

// --8<-- [start:flattened]
#[derive(Serialize, Deserialize)]
struct Flattened {
    name: String,
    #[serde(flatten)]
    place: Place,
    #[serde(flatten)]
    more: BTreeMap<String, i64>,
}

#[derive(Serialize, Deserialize)]
struct Place {
    row: u8,
    seat: u8,
}
// --8<-- [end:flattened]

// --8<-- [start:tuples]
#[derive(Serialize, Deserialize)]
struct Newtype(Uuid);

#[derive(Serialize, Deserialize)]
struct Tuple(f64, f64);

#[derive(Serialize, Deserialize)]
struct Unit;
// --8<-- [end:tuples]

// --8<-- [start:enums]
#[derive(Serialize, Deserialize)]
enum Level {
    Low,
    High,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum State {
    NotStarted,
    Done,
}
// --8<-- [end:enums]

// --8<-- [start:unions]
#[derive(Serialize, Deserialize)]
struct Circle {
    radius: f64,
}

#[derive(Serialize, Deserialize)]
struct Square {
    side: f64,
}

#[derive(Serialize, Deserialize)]
enum External {
    Circle(Circle),
    Square(Square),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind")]
enum Internal {
    Circle(Circle),
    Square(Square),
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "t", content = "c", rename_all = "snake_case")]
enum Adjacent {
    Circle(Circle),
    Square(Square),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Untagged {
    Circle(Circle),
    Square(Square),
}
// --8<-- [end:unions]

fn echo<T: Serialize + DeserializeOwned>(format: u8, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let value: T = decode(format, bytes)?;
    encode(format, &value)
}

/// The same for flattened fields in CBOR: ciborium writes their maps without a length, unless it has a value first.
fn echo_by_value<T: Serialize + DeserializeOwned>(format: u8, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let value: T = decode(format, bytes)?;
    match format {
        3 => encode(format, &ciborium::Value::serialized(&value).map_err(|error| error.to_string())?),
        _ => encode(format, &value),
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let format = arguments[2].parse().expect("a number");
    let mut bytes = Vec::new();
    std::io::stdin().read_to_end(&mut bytes).expect("a document");
    let written = match arguments[1].as_str() {
        "Fields" => echo::<Fields>(format, &bytes),
        "Options" => echo::<Options>(format, &bytes),
        "LeftOut" => echo::<LeftOut>(format, &bytes),
        "Flattened" => echo_by_value::<Flattened>(format, &bytes),
        "Newtype" => echo::<Newtype>(format, &bytes),
        "Tuple" => echo::<Tuple>(format, &bytes),
        "Unit" => echo::<Unit>(format, &bytes),
        "Level" => echo::<Level>(format, &bytes),
        "State" => echo::<State>(format, &bytes),
        "External" => echo::<External>(format, &bytes),
        "Internal" => echo::<Internal>(format, &bytes),
        "Adjacent" => echo::<Adjacent>(format, &bytes),
        "Untagged" => echo::<Untagged>(format, &bytes),
        other => Err(format!("no type {other}")),
    };
    std::io::stdout().write_all(&written.expect("a document of this type")).expect("standard output");
}
