// The parts of the module `wire`, each after a line with its name. Files of types get those that they use.

// --- write_int
fn write_int<S: serde::Serializer>(value: i128, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(small) = i64::try_from(value) {
        serializer.serialize_i64(small)
    } else if let Ok(small) = u64::try_from(value) {
        serializer.serialize_u64(small)
    } else {
        serializer.serialize_i128(value)
    }
}

// --- write_wide_int
// MessagePack has no numbers beyond 64 bits: below them stands text, above them 16 bytes.
fn write_int<S: serde::Serializer>(value: i128, serializer: S) -> Result<S::Ok, S::Error> {
    if let Ok(small) = i64::try_from(value) {
        serializer.serialize_i64(small)
    } else if let Ok(small) = u64::try_from(value) {
        serializer.serialize_u64(small)
    } else if value < 0 {
        serializer.collect_str(&value)
    } else {
        serializer.serialize_i128(value)
    }
}

// --- int_visitor
struct IntVisitor;

impl serde::de::Visitor<'_> for IntVisitor {
    type Value = i128;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("an integer")
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<i128, E> {
        Ok(value.into())
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<i128, E> {
        Ok(value.into())
    }

    fn visit_i128<E: serde::de::Error>(self, value: i128) -> Result<i128, E> {
        Ok(value)
    }

    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<i128, E> {
        i128::try_from(value).map_err(E::custom)
    }
    // wide
}

// --- wide
    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<i128, E> {
        let parsed: i128 = value.parse().map_err(E::custom)?;
        if i64::try_from(parsed).is_ok() || u64::try_from(parsed).is_ok() {
            return Err(E::custom("an integer of 64 bits is a number, not text"));
        }
        Ok(parsed)
    }

    fn visit_bytes<E: serde::de::Error>(self, value: &[u8]) -> Result<i128, E> {
        let octets: [u8; 16] = value.try_into().map_err(E::custom)?;
        i128::try_from(u128::from_be_bytes(octets)).map_err(E::custom)
    }

// --- int
/// An integer without bounds, of which Rust has 128 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Int(pub i128);

impl serde::Serialize for Int {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_int(self.0, serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Int {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_i128(IntVisitor).map(Int)
        } else {
            deserializer.deserialize_any(IntVisitor).map(Int)
        }
    }
}

// --- int64
/// An integer without bounds inside what serde buffers, which has 64 bits: -2^63 to 2^64 - 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Int64(pub i128);

impl serde::Serialize for Int64 {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write_int(self.0, serializer)
    }
}

impl<'de> serde::Deserialize<'de> for Int64 {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(IntVisitor).map(Int64)
    }
}

// --- bytes
/// Bytes.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub Vec<u8>);

impl serde::Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> serde::Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor)
    }
}

struct BytesVisitor;

impl serde::de::Visitor<'_> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("bytes")
    }

    fn visit_bytes<E: serde::de::Error>(self, value: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(value.to_vec()))
    }
}

// --- base64
/// Bytes: base64 text (RFC 4648) in JSON, bytes in binary formats.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bytes(pub Vec<u8>);

impl serde::Serialize for Bytes {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            let engine = base64::engine::general_purpose::STANDARD;
            serializer.collect_str(&base64::display::Base64Display::new(&self.0, &engine))
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> serde::Deserialize<'de> for Bytes {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            deserializer.deserialize_str(BytesVisitor { takes_text: true })
        } else {
            deserializer.deserialize_byte_buf(BytesVisitor { takes_text: false })
        }
    }
}

struct BytesVisitor {
    takes_text: bool,
}

impl serde::de::Visitor<'_> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("bytes")
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Bytes, E> {
        use base64::Engine;
        if !self.takes_text {
            return Err(E::invalid_type(serde::de::Unexpected::Str(value), &self));
        }
        base64::engine::general_purpose::STANDARD.decode(value).map(Bytes).map_err(E::custom)
    }

    // Where serde has buffered a binary format, it says that the format is a readable one.
    fn visit_bytes<E: serde::de::Error>(self, value: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(value.to_vec()))
    }
}

// --- any
/// Any value of the format; maps keep their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Any {
    #[default]
    Null,
    Bool(bool),
    Int(i128),
    Float(f64),
    Text(String),
    Bytes(Vec<u8>),
    Array(Vec<Any>),
    Map(Vec<(Any, Any)>),
}

impl serde::Serialize for Any {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Any::Null => serializer.serialize_unit(),
            Any::Bool(value) => serializer.serialize_bool(*value),
            Any::Int(value) => write_int(*value, serializer),
            Any::Float(value) => serializer.serialize_f64(*value),
            Any::Text(value) => serializer.serialize_str(value),
            Any::Bytes(value) => serializer.serialize_bytes(value),
            Any::Array(items) => serializer.collect_seq(items),
            Any::Map(entries) => serializer.collect_map(entries.iter().map(|(key, value)| (key, value))),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Any {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }
}

struct AnyVisitor;

impl<'de> serde::de::Visitor<'de> for AnyVisitor {
    type Value = Any;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_unit<E>(self) -> Result<Any, E> {
        Ok(Any::Null)
    }

    fn visit_none<E>(self) -> Result<Any, E> {
        Ok(Any::Null)
    }

    fn visit_some<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Any, D::Error> {
        deserializer.deserialize_any(AnyVisitor)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Any, E> {
        Ok(Any::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Any, E> {
        Ok(Any::Int(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Any, E> {
        Ok(Any::Int(value.into()))
    }

    fn visit_i128<E>(self, value: i128) -> Result<Any, E> {
        Ok(Any::Int(value))
    }

    fn visit_u128<E: serde::de::Error>(self, value: u128) -> Result<Any, E> {
        i128::try_from(value).map(Any::Int).map_err(E::custom)
    }

    fn visit_f64<E>(self, value: f64) -> Result<Any, E> {
        Ok(Any::Float(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Any, E> {
        Ok(Any::Text(value.to_owned()))
    }

    fn visit_bytes<E>(self, value: &[u8]) -> Result<Any, E> {
        Ok(Any::Bytes(value.to_vec()))
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut access: A) -> Result<Any, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Any::Array(items))
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut access: A) -> Result<Any, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(Any::Map(entries))
    }
}

// --- nothing
/// Null. Where serde buffers, a null of ciborium is no unit for it, nor is the empty array of rmp-serde's unit structs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Nothing;

impl serde::Serialize for Nothing {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<'de> serde::Deserialize<'de> for Nothing {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NothingVisitor)
    }
}

struct NothingVisitor;

impl<'de> serde::de::Visitor<'de> for NothingVisitor {
    type Value = Nothing;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("null")
    }

    fn visit_unit<E>(self) -> Result<Nothing, E> {
        Ok(Nothing)
    }

    fn visit_none<E>(self) -> Result<Nothing, E> {
        Ok(Nothing)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut access: A) -> Result<Nothing, A::Error> {
        match access.next_element::<serde::de::IgnoredAny>()? {
            None => Ok(Nothing),
            Some(_) => Err(serde::de::Error::custom("an array of items is not null")),
        }
    }
}

// --- equals
/// Whether a value is one that is listed: exactly, but for whole numbers in place of floats.
pub(super) fn equals(value: &Any, listed: &Any) -> bool {
    match (value, listed) {
        (Any::Int(number), Any::Float(float)) => *number as f64 == *float,
        (Any::Array(items), Any::Array(others)) => {
            items.len() == others.len() && items.iter().zip(others).all(|(item, other)| equals(item, other))
        }
        (Any::Map(entries), Any::Map(others)) => {
            entries.len() == others.len()
                && others.iter().all(|(key, other)| entries.iter().any(|(k, item)| k == key && equals(item, other)))
        }
        _ => value == listed,
    }
}

// --- name_of
/// The name under which a variant stands: that of the tag, or else the only key.
pub(super) fn name_of<'a>(value: &'a Any, tag: Option<&str>) -> Option<&'a str> {
    let found = match (value, tag) {
        (Any::Map(entries), Some(tag)) => entries.iter().find(|(key, _)| *key == Any::Text(tag.to_owned())).map(|e| &e.1),
        (Any::Array(items), Some(_)) => items.first(),
        (Any::Map(entries), None) if entries.len() == 1 => Some(&entries[0].0),
        (_, None) => Some(value),
        _ => None,
    };
    match found {
        Some(Any::Text(name)) => Some(name),
        _ => None,
    }
}

// --- entries
/// A map whose keys have no hash, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Entries<K, V>(pub Vec<(K, V)>);

impl<K: serde::Serialize, V: serde::Serialize> serde::Serialize for Entries<K, V> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(key, value)| (key, value)))
    }
}

impl<'de, K: serde::Deserialize<'de>, V: serde::Deserialize<'de>> serde::Deserialize<'de> for Entries<K, V> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(EntriesVisitor(std::marker::PhantomData)).map(Entries)
    }
}

struct EntriesVisitor<K, V>(std::marker::PhantomData<(K, V)>);

impl<'de, K: serde::Deserialize<'de>, V: serde::Deserialize<'de>> serde::de::Visitor<'de> for EntriesVisitor<K, V> {
    type Value = Vec<(K, V)>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("a map")
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
        let mut entries = Vec::new();
        while let Some(entry) = access.next_entry()? {
            entries.push(entry);
        }
        Ok(entries)
    }
}

// --- required
/// A field that may be null, and must be there.
pub(super) fn required<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    T::deserialize(deserializer)
}

// --- some
/// A field that may be missing, which is not null.
pub(super) fn some<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: serde::Deserializer<'de>,
    T: serde::Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}
