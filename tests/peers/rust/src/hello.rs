//! Hello: the capabilities of each end, and the agreement of both.

use std::{collections::HashSet, hash::Hash};

use base64::{Engine, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::frame::{Key, Outcome, fault, hmac, refuse_if};

fn id_of(name: &str) -> Option<u8> {
    let known = ["json", "msgpack", "cbor", "msgpack-compact"];
    (1..).zip(known).find(|(_, other)| *other == name).map(|(id, _)| id)
}

const NULL: Option<&Value> = Some(&Value::Null);

/// A format of Hello; `schema` is the fingerprint in base64.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Format {
    pub name: String,
    pub id: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub positional: Option<bool>,
}

#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Limits {
    pub max_payload: u32,
    pub max_message: u64,
}

/// The capabilities of an end. A required member has a default that is refused.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(default)]
pub struct Hello {
    pub versions: Vec<u8>,
    pub formats: Vec<Format>,
    pub compressions: Vec<String>,
    pub limits: Limits,
    pub checksum: bool,
    pub authenticated: bool,
    pub key_ids: Vec<String>,
    pub heartbeat_ms: u32,
    pub nonce: String,
}

fn are_distinct<T: Eq + Hash>(items: impl IntoIterator<Item = T>) -> bool {
    let mut seen = HashSet::new();
    items.into_iter().all(|item| seen.insert(item))
}

/// Count the members of all objects: each has one colon outside of strings.
fn members(value: &Value) -> usize {
    match value {
        Value::Array(items) => items.iter().map(members).sum(),
        Value::Object(object) => object.len() + object.values().map(members).sum::<usize>(),
        _ => 0,
    }
}

fn colons(text: &[u8]) -> usize {
    let (mut found, mut in_text, mut escaped) = (0, false, false);
    for byte in text {
        in_text ^= *byte == b'"' && !escaped;
        escaped = *byte == b'\\' && !escaped;
        found += usize::from(*byte == b':' && !in_text);
    }
    found
}

impl Hello {
    /// Make a Hello for formats with their numbers, in order of preference.
    pub fn new(formats: &[&str]) -> Hello {
        let known = |name: &&str| Format { name: name.to_string(), id: id_of(name).unwrap(), ..Format::default() };
        let limits = Limits { max_payload: 1 << 20, max_message: 1 << 24 };
        Hello { versions: vec![1], formats: formats.iter().map(known).collect(), limits, ..Hello::default() }
    }

    /// Decode the payload of a Hello.
    pub fn decode(payload: &[u8]) -> Outcome<Hello> {
        let value: Value = serde_json::from_slice(payload).or_else(|error| fault("bad_hello", error))?;
        // serde also reads structs from arrays and options from null, and takes the last of two members with one name.
        let is_format =
            |format: &Value| format.is_object() && format.get("schema") != NULL && format.get("positional") != NULL;
        let formats = value["formats"].as_array().is_none_or(|formats| formats.iter().all(is_format));
        refuse_if(&[
            (members(&value) != colons(payload), "bad_hello", "two members of one name"),
            (!value.is_object() || !value["limits"].is_object() || !formats, "bad_hello", "null, or no object"),
        ])?;
        let hello: Hello = serde_json::from_value(value).or_else(|error| fault("bad_hello", error))?;
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        let is_name = |text: &String| matches!(text.len(), 1..=64) && text.bytes().all(is_token);
        let is_base64 = |text: &String, size| STANDARD.decode(text).is_ok_and(|bytes| bytes.len() == size);
        let are_names = |names: &[String]| names.len() <= 16 && names.iter().all(is_name) && are_distinct(names);
        let all = |check: &dyn Fn(&Format) -> bool| hello.formats.iter().all(check);
        let has_its_id = |one: &Format| id_of(&one.name).map_or(one.id >= 16, |id| one.id == id);
        let Limits { max_payload, max_message } = hello.limits;
        let are_versions = matches!(hello.versions.len(), 1..=16) && !hello.versions.contains(&0);
        let (names, ids): (Vec<_>, Vec<_>) = hello.formats.iter().map(|one| (&one.name, one.id)).unzip();
        refuse_if(&[
            (!are_versions || !are_distinct(&hello.versions), "bad_hello", "versions"),
            (!matches!(ids.len(), 1..=64), "bad_hello", "the number of formats"),
            (!all(&|one| is_name(&one.name) && has_its_id(one)), "bad_hello", "the name or id of a format"),
            (!are_distinct(names) || !are_distinct(ids), "bad_hello", "two formats of one name or id"),
            (!all(&|one| one.schema.iter().all(|text| is_base64(text, 16))), "bad_hello", "schema"),
            (!are_names(&hello.compressions) || !are_names(&hello.key_ids), "bad_hello", "compressions or key_ids"),
            (!hello.authenticated && !hello.key_ids.is_empty(), "bad_hello", "key_ids without a key"),
            (max_payload < 1_024 || max_message < max_payload.into(), "bad_hello", "limits"),
            (!is_base64(&hello.nonce, 32), "bad_hello", "nonce"),
        ])?;
        Ok(hello)
    }
}

/// Agree on the formats, in the server's order, and on the index of this end's key.
pub fn agree(mine: &Hello, peer: &Hello, is_client: bool) -> Outcome<(Vec<Format>, usize)> {
    let (client, server) = if is_client { (mine, peer) } else { (peer, mine) };
    let is_positional = |one: &Format| one.positional.unwrap_or(one.name == "msgpack-compact");
    let is_shared = |a: &Format, b: &Format| {
        let differ = a.schema.is_some() && b.schema.is_some() && a.schema != b.schema;
        a.name == b.name && !(differ && (is_positional(a) || is_positional(b)))
    };
    let mut formats = server.formats.clone();
    formats.retain(|format| client.formats.iter().any(|other| is_shared(format, other)));
    let shared = server.key_ids.iter().find(|id| client.key_ids.contains(id));
    refuse_if(&[
        (mine.nonce == peer.nonce, "bad_hello", "the Hello is this end's own"),
        (!peer.versions.contains(&1), "no_agreement", "no version in common"),
        (formats.is_empty(), "no_agreement", "no format in common"),
        (mine.authenticated != peer.authenticated, "no_agreement", "one end alone is authenticated"),
        (![mine, peer].iter().any(|end| end.key_ids.is_empty()) && shared.is_none(), "unknown_key", "no key in common"),
    ])?;
    Ok((formats, mine.key_ids.iter().position(|own| Some(own) == shared).unwrap_or(0)))
}

/// Return the name of a shared key.
pub fn key_id(shared: &[u8]) -> String {
    hmac(shared, b"symphony-key-id 1")[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

// --8<-- [start:keys]
/// Derive the keys of the client's frames and of the server's from the payloads of both Hellos: HKDF, one block each.
pub fn frame_keys(shared: &[u8], client: &[u8], server: &[u8]) -> [Key; 2] {
    let salt = Sha256::new().chain_update(client).chain_update(server).finalize();
    let extracted = hmac(&salt, shared);
    [b"symphony-frame-1 c2s\x01", b"symphony-frame-1 s2c\x01"].map(|info| hmac(&extracted, info))
}
// --8<-- [end:keys]
