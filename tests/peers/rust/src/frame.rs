//! Frames: the header and its CRC, payload checksums, tags, and the messages that frames carry.

use std::collections::HashMap;
use std::io::{self, Read};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The types of frames.
#[rustfmt::skip]
pub mod kind {
    pub const REQUEST: u8 = 0; pub const RESPONSE: u8 = 1; pub const EVENT: u8 = 2; pub const ERROR: u8 = 3;
    pub const HEARTBEAT: u8 = 4; pub const STREAM: u8 = 5; pub const SHUTDOWN: u8 = 6; pub const HELLO: u8 = 7;
}
use kind::*;

pub(crate) const CHECKSUM: u16 = 1;
pub(crate) const MORE: u16 = 2;
pub(crate) const AUTHENTICATED: u16 = 4;
const ROUTED: u16 = 8;

/// The largest payload of a Hello, and of any frame sent before it.
pub const HELLO_MAX: usize = 65_536;
const STREAMS_MAX: usize = 1_024;

/// The key of one direction.
pub type Key = [u8; 32];

/// Why a connection ends.
#[derive(Debug)]
pub enum Failure {
    /// The peer broke the protocol: the error code of the page, and the reason.
    Protocol(&'static str, String),
    /// The peer ended the connection with this error.
    Peer(String),
    /// The stream failed, was cut (`UnexpectedEof`), or was silent for too long (`WouldBlock`).
    Io(io::Error),
}

pub type Outcome<T> = Result<T, Failure>;

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::Io(error)
    }
}

pub(crate) fn fault<T>(code: &'static str, reason: impl ToString) -> Outcome<T> {
    Err(Failure::Protocol(code, reason.to_string()))
}

/// Fail with the first fault that applies, a code and a reason.
pub(crate) fn refuse_if(faults: &[(bool, &'static str, &str)]) -> Outcome<()> {
    faults.iter().find(|(applies, ..)| *applies).map_or(Ok(()), |(_, code, reason)| fault(code, reason))
}

/// A frame, with the payload as it was sent.
#[derive(Clone, Debug, Default)]
pub struct Frame {
    pub kind: u8,
    pub format: u8,
    pub compression: u8,
    pub priority: u8,
    pub flags: u16,
    pub stream: u32,
    pub sequence: u64,
    /// The sender's UUID and the receiver's; flagged `ROUTED`.
    pub route: Option<[u8; 32]>,
    pub payload: Vec<u8>,
}

impl Frame {
    // --8<-- [start:encode]
    /// Encode the frame. Its flags say whether it has a checksum and a tag, which needs the key.
    pub fn encode(&self, key: Option<&Key>) -> Vec<u8> {
        let units = if self.route.is_some() { 8 } else { 4 };
        let mut bytes = vec![b'S', b'Y', 1, units, self.kind, self.format, self.compression, self.priority];
        bytes.extend(self.flags.to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend(self.stream.to_be_bytes());
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend((self.payload.len() as u32).to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.route.iter().flatten());
        let crc = header_crc(&bytes);
        bytes[28..32].copy_from_slice(&crc);
        bytes.extend(&self.payload);
        if self.flags & CHECKSUM != 0 {
            bytes.extend(crc32fast::hash(&self.payload).to_be_bytes());
        }
        if self.flags & AUTHENTICATED != 0 {
            bytes.extend(hmac(key.expect("a key for the tag"), &bytes));
        }
        bytes
    }
    // --8<-- [end:encode]

    /// Decode the fields of a whole header, and check the range of each; return the payload's length, too.
    fn of_header(header: &[u8]) -> Outcome<(Frame, usize)> {
        let is_routed = header[9] & ROUTED as u8 != 0;
        let frame = Frame {
            kind: header[4],
            format: header[5],
            compression: header[6],
            priority: header[7],
            flags: u16::from_be_bytes(header[8..10].try_into().unwrap()),
            stream: u32::from_be_bytes(header[12..16].try_into().unwrap()),
            sequence: u64::from_be_bytes(header[16..24].try_into().unwrap()),
            route: header.get(32..64).filter(|_| is_routed).map(|route| route.try_into().unwrap()),
            payload: Vec::new(),
        };
        let is_control = matches!(frame.kind, HEARTBEAT | SHUTDOWN | HELLO);
        let is_of_connection = is_control || (frame.kind == ERROR && frame.stream == 0);
        let is_message = matches!(frame.kind, REQUEST | RESPONSE | EVENT | STREAM);
        let is_plain = frame.flags & (MORE | ROUTED) == 0 && frame.compression == 0;
        refuse_if(&[
            (frame.flags & !15 != 0, "bad_header", "an unknown flag"),
            (header[10..12] != [0, 0], "bad_header", "reserved bytes that are not 0"),
            (frame.compression > 2, "bad_header", "an unknown compression"),
            (frame.priority > 3, "bad_header", "an unknown priority"),
            (if is_control { frame.stream != 0 } else { is_message && frame.stream == 0 }, "bad_header", "the stream"),
            (frame.sequence == 0, "bad_header", "sequence number 0"),
            (is_routed && frame.route.is_none(), "bad_header", "no room for the route"),
            (is_of_connection && !is_plain, "bad_header", "a fragment, compression or route of the connection's own"),
            (frame.kind == HELLO && frame.format != 1, "bad_header", "a Hello that is not JSON"),
        ])?;
        Ok((frame, u32::from_be_bytes(header[24..28].try_into().unwrap()) as usize))
    }
}

fn header_crc(header: &[u8]) -> [u8; 4] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(&header[..28]);
    crc.update(&header[32..]);
    crc.finalize().to_be_bytes()
}

fn mac(key: &[u8], bytes: &[u8]) -> Hmac<Sha256> {
    Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length").chain_update(bytes)
}

pub(crate) fn hmac(key: &[u8], bytes: &[u8]) -> Key {
    mac(key, bytes).finalize().into_bytes().into()
}

/// Reads frames, and refuses those that are not allowed here.
pub struct Reader<R> {
    source: R,
    sequence: u64,
    /// The largest payload that is accepted.
    pub max_payload: usize,
    /// Whether each frame must have a payload checksum.
    pub checksum: bool,
    /// The key of each frame's tag.
    pub key: Option<Key>,
}

impl<R: Read> Reader<R> {
    pub fn new(source: R) -> Reader<R> {
        Reader { source, sequence: 0, max_payload: HELLO_MAX, checksum: false, key: None }
    }

    /// Read the next frame; `None` if the stream ended before it.
    pub fn read(&mut self) -> Outcome<Option<Frame>> {
        let mut bytes = Vec::with_capacity(64);
        if self.source.by_ref().take(1).read_to_end(&mut bytes)? == 0 {
            return Ok(None);
        }
        for (place, code) in ["bad_magic", "bad_magic", "bad_version", "bad_header"].into_iter().enumerate() {
            self.fill(&mut bytes, place + 1)?;
            let is_right = [b'S'..=b'S', b'Y'..=b'Y', 1..=1, 4..=32][place].contains(&bytes[place]);
            refuse_if(&[(!is_right, code, "the first bytes of a frame")])?;
        }
        self.read_header(&mut bytes)?;
        let (mut frame, length) = Frame::of_header(&bytes)?;
        self.check(&frame, length)?;
        let start = bytes.len();
        let end = start + length;
        let tag = end + if frame.flags & CHECKSUM != 0 { 4 } else { 0 };
        self.fill(&mut bytes, tag + if self.key.is_some() { 32 } else { 0 })?;
        let is_tagged = |key: &Key| mac(key, &bytes[..tag]).verify_slice(&bytes[tag..]).is_ok();
        let has_checksum = tag == end || crc32fast::hash(&bytes[start..end]).to_be_bytes() == bytes[end..tag];
        refuse_if(&[
            (!self.key.as_ref().is_none_or(is_tagged), "bad_tag", "the tag is another frame's"),
            (!has_checksum, "payload_checksum", "the payload's CRC-32 is another one"),
        ])?;
        self.sequence = frame.sequence;
        bytes.truncate(end);
        frame.payload = bytes.split_off(start);
        Ok(Some(frame))
    }

    /// Read the header to its end. A damaged size may be too large: a smaller size, one bit away, may be the true one.
    fn read_header(&mut self, header: &mut Vec<u8>) -> Outcome<()> {
        self.fill(header, 32)?;
        let size = header[3];
        let known = if header[9] & ROUTED as u8 != 0 { 8 } else { 4 };
        for smaller in (4..size).filter(|smaller| size > known && (smaller ^ size).is_power_of_two()) {
            self.fill(header, smaller as usize * 8)?;
            header[3] = smaller;
            refuse_if(&[(header_crc(header) == header[28..32], "header_checksum", "the header's size is damaged")])?;
            header[3] = size;
        }
        self.fill(header, size as usize * 8)?;
        refuse_if(&[(header_crc(header) != header[28..32], "header_checksum", "the header's CRC-32 is another one")])
    }

    fn fill(&mut self, bytes: &mut Vec<u8>, size: usize) -> Outcome<()> {
        self.source.by_ref().take((size - bytes.len()) as u64).read_to_end(bytes)?;
        refuse_if(&[(bytes.len() < size, "truncated", "the stream ended within a frame")])
    }

    /// Check whether the frame is allowed here.
    fn check(&self, frame: &Frame, length: usize) -> Outcome<()> {
        let is_tagged = frame.flags & AUTHENTICATED != 0;
        let limit = if frame.kind == HELLO { self.max_payload.min(HELLO_MAX) } else { self.max_payload };
        refuse_if(&[
            (self.key.is_some() && !is_tagged, "missing_authentication", "there is no tag"),
            (self.key.is_none() && is_tagged, "unexpected_authentication", "there is a tag, and no key"),
            (self.sequence.checked_add(1) != Some(frame.sequence), "bad_sequence", "the number is not the next"),
            (self.checksum && frame.flags & CHECKSUM == 0, "missing_checksum", "there is no payload checksum"),
            (length > limit, "too_large", &format!("a payload of {length} bytes, of at most {limit}")),
            (frame.kind > HELLO, "unknown_type", &format!("type {}", frame.kind)),
        ])
    }
}

/// A whole message: the first of its frames, with the payloads of all of them.
pub type Message = Frame;

/// Joins the fragments of messages.
#[derive(Default)]
pub struct Assembler {
    /// The largest message that is accepted.
    pub max_message: u64,
    /// The numbers of the agreed formats.
    pub formats: Vec<u8>,
    pub held: HashMap<u32, Message>,
}

impl Assembler {
    /// Add a frame of a message; return the message if it is complete.
    pub fn add(&mut self, frame: Frame) -> Outcome<Option<Message>> {
        let part = |frame: &Frame| (frame.kind, frame.format, frame.compression, frame.priority, frame.route);
        let is_last = frame.flags & MORE == 0;
        let held = self.held.remove(&frame.stream).filter(|held| held.kind == ERROR || frame.kind != ERROR);
        let is_known = !(1..=127).contains(&frame.format) || self.formats.contains(&frame.format);
        refuse_if(&[
            (held.as_ref().is_some_and(|held| part(held) != part(&frame)), "bad_fragment", "unlike the one before it"),
            (frame.compression != 0, "bad_compression", "no compression was agreed on"),
            (!is_known, "bad_format", "the format was not agreed on"),
        ])?;
        let message = match held {
            Some(mut held) => {
                held.payload.extend(frame.payload);
                held
            }
            None => frame,
        };
        refuse_if(&[(message.payload.len() as u64 > self.max_message, "too_large", "the message")])?;
        if is_last {
            return Ok(Some(message));
        }
        self.held.insert(message.stream, message);
        let bytes: u64 = self.held.values().map(|message| message.payload.len() as u64).sum();
        refuse_if(&[
            (self.held.len() > STREAMS_MAX, "too_many_streams", "too many messages are not complete"),
            (bytes > self.max_message.saturating_mul(4), "held_too_much", "messages that are not complete"),
        ])?;
        Ok(None)
    }
}
