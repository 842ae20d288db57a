//! The messages of a channel, and the crates that encode them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

// --8<-- [start:formats]
/// Encode a value in the format with this number, as the Python end does.
pub fn encode<T: Serialize>(format: u8, value: &T) -> Result<Vec<u8>, String> {
    let text = |error: &dyn std::fmt::Display| error.to_string();
    match format {
        1 => serde_json::to_vec(value).map_err(|error| text(&error)),
        2 => rmp_serde::to_vec_named(value).map_err(|error| text(&error)),
        3 => {
            let mut bytes = Vec::new();
            ciborium::into_writer(&value, &mut bytes).map_err(|error| text(&error))?;
            Ok(bytes)
        }
        4 => rmp_serde::to_vec(value).map_err(|error| text(&error)),
        _ => Err(format!("no format {format}")),
    }
}

/// Decode a document in the format with this number.
pub fn decode<T: DeserializeOwned>(format: u8, bytes: &[u8]) -> Result<T, String> {
    match format {
        1 => serde_json::from_slice(bytes).map_err(|error| error.to_string()),
        2 | 4 => rmp_serde::from_slice(bytes).map_err(|error| error.to_string()),
        3 => ciborium::from_reader(bytes).map_err(|error| error.to_string()),
        _ => Err(format!("no format {format}")),
    }
}
// --8<-- [end:formats]

// --8<-- [start:envelope]
/// `MessageEnvelope`: a message with its sender, its receiver and its payload.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Envelope<T> {
    pub id: Uuid,
    pub timestamp: DateTime<Utc>,
    pub sender: Uuid,
    pub receiver: Option<Uuid>,
    pub session_id: Option<Uuid>,
    pub payload: T,
    pub metadata: Metadata,
}

/// `MessageMetadata`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Metadata {
    pub priority: Priority,
    pub ttl: Option<std::time::Duration>,
    pub reply_to: Option<Uuid>,
    pub correlation_id: Option<Uuid>,
}

/// `MessagePriority`.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub enum Priority {
    Low,
    #[default]
    Normal,
    High,
    Critical,
}

/// `JsonRpcRequest | JsonRpcResponse | JsonRpcNotification`: the first one that fits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Payload {
    Request(Request),
    Response(Response),
    Notification(Notification),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Request {
    pub jsonrpc: String,
    pub method: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
    pub id: Id,
    /// Always empty: it makes this a map in `msgpack-compact`, too, where the union needs names.
    #[serde(flatten)]
    pub as_map: (),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Response {
    pub jsonrpc: String,
    /// `Some(Value::Null)` is a result of null, `None` is a response without a result.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<CallError>,
    /// It may be null but must be present; without the attribute a notification would be decoded as a response.
    #[serde(deserialize_with = "Option::deserialize")]
    pub id: Option<Id>,
    #[serde(flatten)]
    pub as_map: (),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Notification {
    pub jsonrpc: String,
    pub method: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub params: Option<Value>,
    #[serde(flatten)]
    pub as_map: (),
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CallError {
    pub code: i32,
    pub message: String,
    pub data: Option<Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Id {
    Number(i64),
    Text(String),
}

fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
// --8<-- [end:envelope]

impl<T> Envelope<T> {
    /// Wrap a payload for all receivers.
    pub fn new(sender: Uuid, payload: T) -> Envelope<T> {
        let timestamp = DateTime::from(std::time::SystemTime::now());
        let metadata = Metadata::default();
        Envelope { id: random(), timestamp, sender, receiver: None, session_id: None, payload, metadata }
    }

    /// Answer this message.
    pub fn reply<R>(&self, sender: Uuid, payload: R) -> Envelope<R> {
        let mut reply = Envelope::new(sender, payload);
        reply.receiver = Some(self.sender);
        reply.session_id = self.session_id;
        reply.metadata.reply_to = Some(self.id);
        reply.metadata.correlation_id = self.metadata.correlation_id;
        reply
    }
}

/// Make a UUID v4.
pub fn random() -> Uuid {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).expect("random bytes");
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

impl Payload {
    pub fn request(method: &str, params: Option<Value>, id: i64) -> Payload {
        Payload::Request(Request {
            jsonrpc: "2.0".into(),
            method: method.into(),
            params,
            id: Id::Number(id),
            as_map: (),
        })
    }

    pub fn result(id: Id, result: Value) -> Payload {
        Payload::Response(Response {
            jsonrpc: "2.0".into(),
            result: Some(result),
            error: None,
            id: Some(id),
            as_map: (),
        })
    }

    pub fn error(id: Id, code: i32, message: String) -> Payload {
        let error = Some(CallError { code, message, data: None });
        Payload::Response(Response { jsonrpc: "2.0".into(), result: None, error, id: Some(id), as_map: () })
    }

    pub fn notification(method: &str, params: Option<Value>) -> Payload {
        Payload::Notification(Notification { jsonrpc: "2.0".into(), method: method.into(), params, as_map: () })
    }
}
