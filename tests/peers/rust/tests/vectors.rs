//! The vectors of `tests/data/frames.jsonl`; this end refuses those with compression.

use serde_json::Value;
use symphony_peer::frame::{Assembler, Failure, Frame, Message, Reader, kind};
use symphony_peer::hello::{Hello, agree, frame_keys};

fn vectors(case: &str) -> Vec<Value> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/frames.jsonl");
    let lines = std::fs::read_to_string(path).unwrap();
    lines.lines().map(|line| serde_json::from_str(line).unwrap()).filter(|row: &Value| row["case"] == case).collect()
}

fn bytes(hexadecimal: &Value) -> Vec<u8> {
    let digits = hexadecimal.as_str().unwrap_or("").as_bytes();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

fn number<T: TryFrom<u64>>(value: &Value) -> T {
    T::try_from(value.as_u64().unwrap()).ok().unwrap()
}

#[test]
fn frames_are_written_as_in_the_vectors() {
    let rows = vectors("frame");
    for row in &rows {
        let route = row["sender"].as_str().map(|_| [bytes(&row["sender"]), bytes(&row["receiver"])].concat());
        let frame = Frame {
            kind: number(&row["type"]),
            format: number(&row["format"]),
            compression: number(&row["compression"]),
            priority: number(&row["priority"]),
            flags: number(&row["flags"]),
            stream: number(&row["stream_id"]),
            sequence: number(&row["sequence"]),
            route: route.map(|route| route.try_into().unwrap()),
            payload: bytes(&row["payload"]),
        };
        let key = bytes(&row["key"]).try_into().ok();
        if row["extension"] == "" {
            assert_eq!(frame.encode(key.as_ref()), bytes(&row["hex"]), "{row}");
        }
    }
    assert!(rows.len() > 100);
}

/// Read a stream as an end that accepts any format.
fn read(row: &Value) -> Result<Vec<Message>, Failure> {
    let stream = bytes(&row["hex"]);
    let mut reader = Reader::new(&stream[..]);
    reader.max_payload = row["max_payload"].as_u64().unwrap_or(1 << 20) as usize;
    reader.checksum = row["checksum"] == true;
    reader.key = bytes(&row["key"]).try_into().ok();
    let max_message = row["max_message"].as_u64().unwrap_or(1 << 24);
    let mut assembler = Assembler { max_message, formats: (1..=127).collect(), ..Assembler::default() };
    let mut messages = Vec::new();
    while let Some(frame) = reader.read()? {
        if frame.kind == kind::HELLO {
            Hello::decode(&frame.payload)?;
        } else if !matches!(frame.kind, kind::HEARTBEAT | kind::SHUTDOWN) {
            messages.extend(assembler.add(frame)?);
        }
    }
    Ok(messages)
}

#[test]
fn messages_are_joined_as_in_the_vectors() {
    let mut compared = 0;
    for row in vectors("stream") {
        let is_compressed = row["messages"].as_array().unwrap().iter().any(|one| one["compression"] != 0);
        let read = read(&row);
        if is_compressed {
            assert!(matches!(read, Err(Failure::Protocol("bad_compression", _))));
        } else {
            let messages = read.unwrap();
            let payloads: Vec<_> = messages.iter().map(|message| message.payload.clone()).collect();
            let expected: Vec<_> =
                row["messages"].as_array().unwrap().iter().map(|one| bytes(&one["payload"])).collect();
            assert_eq!(payloads, expected);
            compared += 1;
        }
    }
    assert!(compared > 1, "{compared}");
}

#[test]
fn ends_agree_as_in_the_vectors() {
    for row in vectors("session") {
        let said = ["client", "server"].map(|end| {
            let stream = bytes(&row[end]);
            Reader::new(&stream[..]).read().unwrap().unwrap().payload
        });
        let [client, server] = [&said[0], &said[1]].map(|payload| Hello::decode(payload).unwrap());
        let (formats, _) = agree(&client, &server, true).unwrap();
        let formats: Vec<_> = formats.iter().map(|one| serde_json::json!([one.name, one.id])).collect();
        assert_eq!(Value::Array(formats), row["agreement"]["formats"]);
        assert_eq!(client.checksum || server.checksum, row["agreement"]["checksum"] == true);
        if client.authenticated {
            let [to_server, to_client] = frame_keys(&bytes(&row["shared_key"]), &said[0], &said[1]);
            assert_eq!(to_server[..], bytes(&row["client_to_server"]));
            assert_eq!(to_client[..], bytes(&row["server_to_client"]));
        }
    }
}

#[test]
fn faults_are_refused_as_in_the_vectors() {
    for row in vectors("refused") {
        match read(&row) {
            // It is too large once it is decompressed.
            Err(Failure::Protocol("bad_compression", _)) if row["code"] == "too_large" => {}
            Err(Failure::Protocol(code, _)) => assert_eq!(code, row["code"], "{row}"),
            other => panic!("{row}: {other:?}"),
        }
    }
}
