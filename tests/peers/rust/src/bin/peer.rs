//! Holds conversations over a Unix socket, as a server or as a client; its argument is a task in JSON.

use std::io::{BufRead, Write};
use std::os::unix::net::{UnixListener, UnixStream};

use serde::Deserialize;
use serde_json::{Value, json};
use symphony_peer::Connection;
use symphony_peer::frame::{Failure, kind};
use symphony_peer::hello::{Hello, Limits};
use symphony_peer::messages::{Envelope, Payload, Request, decode, encode, random};
use uuid::Uuid;

#[derive(Clone, Deserialize)]
struct Task {
    /// `serve` or `call`.
    task: String,
    path: String,
    formats: Vec<String>,
    #[serde(default)]
    keys: Vec<String>,
    #[serde(default)]
    checksum: bool,
    #[serde(default = "default_payload")]
    max_payload: u32,
    #[serde(default)]
    heartbeat_ms: u32,
    /// How many calls a client makes.
    #[serde(default)]
    calls: i64,
    /// How long a client waits before its last call.
    #[serde(default)]
    pause_ms: u64,
}

fn default_payload() -> u32 {
    1 << 20
}

impl Task {
    fn hello(&self) -> Hello {
        let mut hello = Hello::new(&self.formats.iter().map(String::as_str).collect::<Vec<_>>());
        hello.checksum = self.checksum;
        hello.heartbeat_ms = self.heartbeat_ms;
        hello.limits = Limits { max_payload: self.max_payload, ..hello.limits };
        hello
    }

    fn keys(&self) -> Vec<Vec<u8>> {
        let bytes = |key: &String| {
            key.as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect()
        };
        self.keys.iter().map(bytes).collect()
    }
}

// --8<-- [start:serve]
fn serve(stream: UnixStream, hello: Hello, keys: &[Vec<u8>]) -> Result<usize, Failure> {
    let here = random();
    let mut connection = Connection::open(stream, hello, keys, false)?;
    let mut answered = 0;
    while let Some(message) = connection.receive()? {
        let asked: Envelope<Payload> = decode(message.format, &message.payload).expect("an envelope");
        let (kind, said) = match &asked.payload {
            Payload::Request(request) => (kind::RESPONSE, asked.reply(here, answer(request))),
            Payload::Notification(note) => {
                (kind::EVENT, Envelope::new(here, Payload::notification("noted", note.params.clone())))
            }
            Payload::Response(_) => continue,
        };
        let said = encode(message.format, &said).expect("a message");
        connection.sender.send(kind, message.format, &said)?;
        answered += 1;
    }
    connection.close()?;
    Ok(answered)
}

// --8<-- [end:serve]

fn answer(request: &Request) -> Payload {
    let id = request.id.clone();
    match (request.method.as_str(), &request.params) {
        ("echo", params) => Payload::result(id, params.clone().unwrap_or(Value::Null)),
        ("repeat", Some(params)) => {
            let (text, times) = (params["text"].as_str().unwrap(), params["times"].as_u64().unwrap());
            Payload::result(id, text.repeat(times as usize).into())
        }
        (method, _) => Payload::error(id, -32601, format!("no method {method}")),
    }
}

/// Make values of all kinds, small and large, without a crate for random numbers.
fn value(seed: i64) -> Value {
    let text = "é\u{10000}\n\"x".repeat((seed * 7 % 90) as usize);
    match seed % 8 {
        0 => json!([seed, -seed, u64::MAX, i64::MIN, seed as f64 / 3.0]),
        1 => json!({"text": text, "none": null, "yes": true}),
        2 => json!([[[[seed]]], {"a": {"b": [1.5, "", {}]}}]),
        3 => json!({"large": "x".repeat((seed * 911 % 70_000) as usize)}),
        4 => Value::Array((0..seed % 300).map(|item| json!({"item": item, "half": item as f64 / 2.0})).collect()),
        _ => json!({"seed": seed, "text": text}),
    }
}

fn call(task: &Task) -> Result<Value, Failure> {
    let here = random();
    let mut connection = Connection::open(UnixStream::connect(&task.path)?, task.hello(), &task.keys(), true)?;
    let formats = connection.formats.clone();
    let (mut wrong, mut received) = (Vec::new(), 0);
    for seed in 0..task.calls {
        if seed == task.calls - 1 {
            std::thread::sleep(std::time::Duration::from_millis(task.pause_ms));
        }
        // Each agreed format in turn, and now and then a notification.
        let format = formats[seed as usize % formats.len()].id;
        if seed % 5 == 0 {
            let note = Envelope::new(here, Payload::notification("note", Some(value(seed))));
            connection.sender.send(kind::EVENT, format, &encode(format, &note).expect("a notification"))?;
        }
        let asked = Envelope::new(here, Payload::request("echo", Some(value(seed)), seed));
        connection.sender.send(kind::REQUEST, format, &encode(format, &asked).expect("a request"))?;
        let answer = receive_answer(&mut connection, asked.id)?;
        received += 1;
        match answer.payload {
            Payload::Response(answer) if answer.result == Some(value(seed)) => {}
            other => wrong.push(format!("{seed}: {other:?}")),
        }
    }
    connection.close()?;
    let names: Vec<_> = formats.iter().map(|format| format.name.clone()).collect();
    Ok(json!({"answers": received, "wrong": wrong, "formats": names}))
}

/// Receive until the answer arrives; answer the peer's requests meanwhile.
fn receive_answer(connection: &mut Connection, to: Uuid) -> Result<Envelope<Payload>, Failure> {
    loop {
        let message = connection.receive()?.ok_or(Failure::Peer("closed".into()))?;
        let envelope: Envelope<Payload> = decode(message.format, &message.payload).expect("an envelope");
        match &envelope.payload {
            Payload::Response(_) if envelope.metadata.reply_to == Some(to) => return Ok(envelope),
            Payload::Request(request) => {
                let answer = envelope.reply(random(), answer(request));
                let answer = encode(message.format, &answer).expect("an answer");
                connection.sender.send(kind::RESPONSE, message.format, &answer)?;
            }
            _ => {}
        }
    }
}

fn report<T: Into<Value>>(result: Result<T, Failure>) -> Value {
    match result {
        Ok(value) => json!({"ok": value.into()}),
        Err(Failure::Protocol(code, reason)) => json!({"code": code, "reason": reason}),
        Err(Failure::Peer(error)) => json!({"peer": error}),
        Err(Failure::Io(error)) => json!({"io": error.kind().to_string()}),
    }
}

fn say(line: Value) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{line}").and_then(|()| output.flush()).expect("standard output");
}

fn main() {
    let task: Task = serde_json::from_str(&std::env::args().nth(1).expect("a task")).expect("a task in JSON");
    match task.task.as_str() {
        "call" => say(report(call(&task))),
        _ => {
            let listener = UnixListener::bind(&task.path).expect("a socket");
            say(json!("listening"));
            std::thread::spawn(move || {
                for stream in listener.incoming() {
                    let task = task.clone();
                    std::thread::spawn(move || say(report(serve(stream.unwrap(), task.hello(), &task.keys()))));
                }
            });
            // Until standard input ends.
            std::io::stdin().lock().lines().for_each(drop);
        }
    }
}
