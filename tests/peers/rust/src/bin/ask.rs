//! Asks the process at a Unix socket for its tools, and prints the answer.

// --8<-- [start:ask]
use std::os::unix::net::UnixStream;
use symphony_peer::messages::{Envelope, Payload, decode, encode, random};
use symphony_peer::{Connection, frame::kind, hello::Hello};

fn main() {
    let path = std::env::args().nth(1).expect("the path of a socket");
    let stream = UnixStream::connect(path).expect("a server");
    let mut conductor = Connection::open(stream, Hello::new(&["cbor", "json"]), &[], true).expect("an agreement");
    let ask = Envelope::new(random(), Payload::request("tools/list", None, 1));
    let format = conductor.formats[0].id;
    conductor.sender.send(kind::REQUEST, format, &encode(format, &ask).unwrap()).expect("a peer that reads");
    let message = conductor.receive().expect("a peer that answers").expect("an answer");
    let answer: Envelope<Payload> = decode(message.format, &message.payload).expect("an envelope");
    println!("{}", serde_json::to_string(&answer.payload).unwrap());
    conductor.close().expect("a peer that says goodbye");
}
// --8<-- [end:ask]
