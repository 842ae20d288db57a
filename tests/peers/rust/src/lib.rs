//! Symphony's frames over a Unix socket, made from `docs/frame-format.md` alone: an endpoint without compression.

pub mod frame;
pub mod hello;
pub mod messages;

use std::io::{BufReader, ErrorKind, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use base64::{Engine, engine::general_purpose::STANDARD};
use frame::{Assembler, Failure, Frame, Key, Message, Outcome, Reader, fault, kind, refuse_if};
use hello::{Format, Hello, agree, frame_keys, key_id};

const AUTHENTICATION: &str = "AuthenticationFailed";
/// How long the Hello, and the answer to a Shutdown, may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The sending half of a connection, for any number of threads.
#[derive(Clone)]
pub struct Sender(Arc<Mutex<Writer>>);

struct Writer {
    stream: UnixStream,
    sequence: u64,
    message: u32,
    flags: u16,
    key: Option<Key>,
    max_payload: usize,
}

impl Writer {
    fn write(&mut self, frame: Frame) -> Outcome<()> {
        refuse_if(&[(self.sequence == u64::MAX, "closed", "this end has written its last frame")])?;
        let sequence = self.sequence + 1;
        let is_last = frame.kind == kind::SHUTDOWN || (frame.kind == kind::ERROR && frame.stream == 0);
        self.sequence = if is_last { u64::MAX } else { sequence };
        let frame = Frame { priority: 1, sequence, flags: frame.flags | self.flags, ..frame };
        Ok(self.stream.write_all(&frame.encode(self.key.as_ref()))?)
    }
}

impl Sender {
    fn write(&self, kind: u8, format: u8, payload: Vec<u8>) -> Outcome<()> {
        self.0.lock().unwrap().write(Frame { kind, format, payload, ..Frame::default() })
    }

    /// Send a message, split into frames that the peer accepts.
    pub fn send(&self, kind: u8, format: u8, payload: &[u8]) -> Outcome<()> {
        let mut writer = self.0.lock().unwrap();
        writer.message = writer.message.checked_add(1).unwrap_or(1);
        let (stream, size) = (writer.message, writer.max_payload);
        let last = payload.len().saturating_sub(1) / size;
        (0..=last).try_for_each(|part| {
            let payload = payload[part * size..payload.len().min((part + 1) * size)].into();
            let flags = if part < last { frame::MORE } else { 0 };
            writer.write(Frame { kind, format, stream, flags, payload, ..Frame::default() })
        })
    }

    /// Send Heartbeats until the connection ends.
    fn beat(&self, interval: Duration) {
        let writer = Arc::downgrade(&self.0);
        let beat = move || writer.upgrade().is_some_and(|it| Sender(it).write(kind::HEARTBEAT, 0, Vec::new()).is_ok());
        std::thread::spawn(move || {
            while beat() {
                std::thread::sleep(interval / 2);
            }
        });
    }

    /// Send the peer an Error frame if it broke the protocol, and hang up.
    fn refusing<T>(&self, result: Outcome<T>) -> Outcome<T> {
        if let Err(Failure::Protocol(code, reason)) = &result {
            let error = match *code {
                "bad_tag" | "unknown_key" | "missing_authentication" | "unexpected_authentication" => AUTHENTICATION,
                "no_agreement" => "ConnectionFailed",
                _ => "DeserializationFailed",
            };
            let error = serde_json::json!({"Ipc": {error: {"reason": format!("{code}: {reason}")}}});
            let _ = self.write(kind::ERROR, 1, error.to_string().into());
            let _ = self.0.lock().unwrap().stream.shutdown(std::net::Shutdown::Both);
        }
        result
    }
}

/// A connection to a peer.
pub struct Connection {
    pub sender: Sender,
    /// The agreed formats, in order of preference.
    pub formats: Vec<Format>,
    stream: UnixStream,
    reader: Reader<BufReader<UnixStream>>,
    assembler: Assembler,
    early: Option<Message>,
    has_peer_ended: bool,
}

impl Connection {
    /// Open a connection over a stream, with the first of the server's shared keys that the client also has.
    pub fn open(stream: UnixStream, hello: Hello, keys: &[Vec<u8>], is_client: bool) -> Outcome<Connection> {
        let writer = stream.try_clone()?;
        let writer = Writer { stream: writer, sequence: 0, message: 0, flags: 0, key: None, max_payload: 0 };
        let sender = Sender(Arc::new(Mutex::new(writer)));
        sender.refusing(Connection::begin(sender.clone(), stream, hello, keys, is_client))
    }

    // --8<-- [start:begin]
    fn begin(sender: Sender, stream: UnixStream, mut hello: Hello, keys: &[Vec<u8>], is_client: bool) -> Outcome<Self> {
        let mut nonce = [0; 32];
        getrandom::fill(&mut nonce).expect("random bytes");
        hello.nonce = STANDARD.encode(nonce);
        hello.authenticated = !keys.is_empty();
        hello.key_ids = keys.iter().map(|key| key_id(key)).collect();
        let mine = serde_json::to_vec(&hello).expect("JSON");
        sender.write(kind::HELLO, 1, mine.clone())?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut reader = Reader::new(BufReader::new(stream.try_clone()?));
        let frame = next(&mut reader)?;
        refuse_if(&[(frame.kind != kind::HELLO, "unexpected_frame", "the first frame is no Hello")])?;
        let peer = Hello::decode(&frame.payload)?;
        let (formats, place) = agree(&hello, &peer, is_client)?;
        reader.max_payload = hello.limits.max_payload as usize;
        reader.checksum = hello.checksum || peer.checksum;
        let mut writer = sender.0.lock().unwrap();
        writer.max_payload = peer.limits.max_payload as usize;
        writer.flags = if reader.checksum { frame::CHECKSUM } else { 0 };
        if let Some(shared) = keys.get(place) {
            let (client, server) = if is_client { (&mine, &frame.payload) } else { (&frame.payload, &mine) };
            let [to_server, to_client] = frame_keys(shared, client, server).map(Some);
            (writer.key, reader.key) = if is_client { (to_server, to_client) } else { (to_client, to_server) };
            writer.flags |= frame::AUTHENTICATED;
            writer.write(Frame { kind: kind::HEARTBEAT, ..Frame::default() })?;
        }
        drop(writer);
        let ids = formats.iter().map(|format| format.id).collect();
        let assembler = Assembler { max_message: hello.limits.max_message, formats: ids, ..Assembler::default() };
        let mut opened = Connection { sender, formats, stream, reader, assembler, early: None, has_peer_ended: false };
        // The next frame shows the server whether the client has the key.
        opened.early = if is_client || keys.is_empty() { None } else { opened.step()? };
        if hello.heartbeat_ms > 0 {
            opened.sender.beat(Duration::from_millis(hello.heartbeat_ms.into()));
        }
        let silence = (peer.heartbeat_ms > 0).then(|| Duration::from_millis(peer.heartbeat_ms.into()) * 3);
        opened.stream.set_read_timeout(silence)?;
        Ok(opened)
    }
    // --8<-- [end:begin]

    /// Receive the next message; `None` once the peer has ended.
    pub fn receive(&mut self) -> Outcome<Option<Message>> {
        let mut message = self.early.take();
        while message.is_none() && !self.has_peer_ended {
            let step = self.step();
            message = self.sender.refusing(step)?;
        }
        Ok(message)
    }

    /// End the connection: send no more, and wait for the peer to end.
    pub fn close(mut self) -> Outcome<()> {
        self.sender.write(kind::SHUTDOWN, 0, Vec::new())?;
        self.stream.set_read_timeout(Some(PATIENCE))?;
        while self.receive()?.is_some() {}
        Ok(())
    }

    /// Read a frame; return the message that it completes.
    fn step(&mut self) -> Outcome<Option<Message>> {
        let frame = next(&mut self.reader)?;
        self.has_peer_ended = frame.kind == kind::SHUTDOWN;
        match frame.kind {
            kind::HELLO => fault("unexpected_frame", "a second Hello"),
            kind::HEARTBEAT | kind::SHUTDOWN => Ok(None),
            _ => self.assembler.add(frame),
        }
    }
}

/// Read the next frame, if the peer does not end the connection.
fn next(reader: &mut Reader<BufReader<UnixStream>>) -> Outcome<Frame> {
    let frame = reader.read()?.ok_or(Failure::Io(ErrorKind::UnexpectedEof.into()))?;
    match (frame.kind, frame.stream) {
        (kind::ERROR, 0) => Err(Failure::Peer(String::from_utf8_lossy(&frame.payload).into_owned())),
        _ => Ok(frame),
    }
}
