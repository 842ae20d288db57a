// Native frames without I/O, from docs/frame-format.md: one end of a connection, for Node.

import { randomBytes } from "node:crypto";
import { crc32 } from "node:zlib";

import type { Format } from "./formats.js";

export const MAX_PAYLOAD = 1_047_552; // 1 KiB less than 1 MiB, so that a frame fits into a WebSocket message of 1 MiB
export const MAX_MESSAGE = 16_777_216;
const MAX_HELLO = 65_536;
const MAX_STREAMS = 1024;

const Type = { Request: 0, Event: 2, Error: 3, Heartbeat: 4, Stream: 5, Shutdown: 6, Hello: 7 } as const;
const Flag = { Checksum: 1, More: 2, Authenticated: 4, Routed: 8 } as const;
const CONTROL: readonly number[] = [Type.Heartbeat, Type.Shutdown, Type.Hello];

export class FrameError extends Error {
  constructor(
    readonly code: string,
    reason: string,
  ) {
    super(`${code}: ${reason}`);
  }
}

interface Frame {
  type: number;
  format: number;
  priority: number;
  flags: number;
  stream: number;
  payload: Uint8Array;
}

interface Offer {
  name: string;
  id: number;
  schema?: string;
  positional?: boolean;
}

interface Hello {
  versions: number[];
  formats: Offer[];
  limits: { max_payload: number; max_message: number };
  checksum?: boolean;
  authenticated?: boolean;
}

// A buffer of received bytes: the next n are taken once they are complete.
export class Bytes {
  private chunks: Uint8Array[] = [];
  size = 0;

  push(data: Uint8Array): void {
    this.chunks.push(data);
    this.size += data.length;
  }

  peek(count: number): Buffer | undefined {
    if (this.size < count) {
      return undefined;
    }
    if (this.chunks.length > 1 && (this.chunks[0] as Uint8Array).length < count) {
      this.chunks = [Buffer.concat(this.chunks)];
    }
    const first = this.chunks[0] ?? new Uint8Array();
    return Buffer.from(first.buffer, first.byteOffset, count);
  }

  skip(count: number): void {
    this.chunks[0] = (this.chunks[0] ?? new Uint8Array()).subarray(count);
    if (this.chunks[0].length === 0) {
      this.chunks.shift();
    }
    this.size -= count;
  }
}

function base64(hex: string | undefined): string | undefined {
  return hex === undefined ? undefined : Buffer.from(hex, "hex").toString("base64");
}

// --8<-- [start:agree]
// The formats that both ends have, in the server's order, without those whose fingerprints differ.
function agree(server: Hello, client: Hello): Offer[] {
  return server.formats.filter((offer) => {
    const other = client.formats.find(({ name }) => name === offer.name);
    const positional = (each: Offer) => each.positional ?? each.name === "msgpack-compact";
    return (
      other !== undefined &&
      (offer.schema === undefined ||
        other.schema === undefined ||
        offer.schema === other.schema ||
        !(positional(offer) || positional(other)))
    );
  });
}
// --8<-- [end:agree]

export class FrameConnection {
  private readonly own: Hello & { nonce: string };
  private readonly input = new Bytes();
  private readonly held = new Map<number, { first: Frame; parts: Uint8Array[]; size: number }>();
  private peer?: Hello;
  private agreed: Offer[] = [];
  private checksum = false;
  private sent = 0n;
  private seen = 0n;
  private stream = 0;
  private saidShutdown = false;
  peerShutdown = false;

  // Fingerprints keep a format with positions from being misread: hex digits of `symphony explain --fingerprint`.
  constructor(
    private readonly role: "client" | "server",
    private readonly formats: readonly Format[],
    fingerprints: Readonly<Record<string, string>> = {},
  ) {
    this.own = {
      versions: [1],
      formats: formats.map(({ name, id }) => ({ name, id, schema: base64(fingerprints[name]) })),
      limits: { max_payload: MAX_PAYLOAD, max_message: MAX_MESSAGE },
      nonce: randomBytes(32).toString("base64"),
    };
  }

  get format(): Format | undefined {
    return this.formats.find(({ name }) => name === this.agreed[0]?.name);
  }

  start(): Uint8Array[] {
    return [this.frame(Type.Hello, 1, 0, Buffer.from(JSON.stringify(this.own)))];
  }

  get isOpen(): boolean {
    return this.peer !== undefined;
  }

  // Return the frames of a message, in the agreed format; the peer's Hello must have arrived.
  message(value: unknown): Uint8Array[] {
    const { format, peer } = this;
    if (format === undefined || peer === undefined || this.saidShutdown) {
      throw new FrameError("closed", "expected an open connection");
    }
    const payload = format.encode(value);
    if (payload.length > peer.limits.max_message) {
      throw new FrameError("too_large", `expected at most ${peer.limits.max_message} bytes, got ${payload.length}`);
    }
    this.stream = this.stream === 0xffffffff ? 1 : this.stream + 1;
    const frames: Uint8Array[] = [];
    for (let start = 0; start === 0 || start < payload.length; start += peer.limits.max_payload) {
      const part = payload.subarray(start, start + peer.limits.max_payload);
      const more = start + part.length < payload.length;
      frames.push(this.frame(Type.Event, this.agreed[0]?.id ?? 0, this.stream, part, more ? Flag.More : 0));
    }
    return frames;
  }

  shutdown(): Uint8Array[] {
    if (this.saidShutdown) {
      return [];
    }
    this.saidShutdown = true;
    return [this.frame(Type.Shutdown, 0, 0, new Uint8Array())];
  }

  // Return the Error frame that tells the peer how it broke the protocol.
  failure(error: FrameError): Uint8Array[] {
    if (this.saidShutdown) {
      return [];
    }
    const kind = error.code === "no_agreement" ? "ConnectionFailed" : "DeserializationFailed";
    const said = { Ipc: { [kind]: { reason: error.message } } };
    this.checksum = true;
    return [this.frame(Type.Error, 1, 0, Buffer.from(JSON.stringify(said)))];
  }

  // Take bytes of a stream, cut anywhere, and return the documents that they complete.
  receive(data: Uint8Array): unknown[] {
    this.input.push(data);
    const found: unknown[] = [];
    for (let frame = this.next(); frame !== undefined; frame = this.next()) {
      const value = this.take(frame);
      if (value !== undefined) {
        found.push(value.document);
      }
    }
    return found;
  }

  // Take a binary message of a WebSocket, which is one whole frame.
  receiveBlock(data: Uint8Array): unknown[] {
    this.input.push(data);
    const frame = this.next();
    if (frame === undefined) {
      throw new FrameError("truncated", "expected a whole frame in each message");
    }
    if (this.input.size > 0) {
      throw new FrameError("unexpected_frame", "expected one frame in each message");
    }
    const value = this.take(frame);
    return value === undefined ? [] : [value.document];
  }

  // The stream has ended: an incomplete frame is an error.
  end(): void {
    if (this.input.size > 0) {
      throw new FrameError("truncated", "the stream ended within a frame");
    }
  }

  // --8<-- [start:write]
  private frame(type: number, format: number, stream: number, payload: Uint8Array, flags = 0): Uint8Array {
    const checked = this.checksum && type !== Type.Hello;
    const header = Buffer.alloc(32);
    header.writeUInt32BE(0x53590104); // the magic, version 1, a header of 4 times 8 bytes
    header.writeUInt8(type, 4);
    header.writeUInt8(format, 5);
    header.writeUInt8(1, 7); // priority normal
    header.writeUInt16BE(flags | (checked ? Flag.Checksum : 0), 8);
    header.writeUInt32BE(stream, 12);
    header.writeBigUInt64BE((this.sent += 1n), 16);
    header.writeUInt32BE(payload.length, 24);
    header.writeUInt32BE(crc32(header.subarray(0, 28)), 28);
    const sum = Buffer.alloc(checked ? 4 : 0);
    if (checked) {
      sum.writeUInt32BE(crc32(payload));
    }
    return Buffer.concat([header, payload, sum]);
  }
  // --8<-- [end:write]

  private next(): Frame | undefined {
    const start = this.input.peek(4);
    if (start === undefined) {
      return undefined;
    }
    const size = start.readUInt8(3) * 8;
    check(start.readUInt16BE() === 0x5359, "bad_magic", "expected a frame");
    check(start.readUInt8(2) === 1, "bad_version", "expected version 1");
    check(size >= 32 && size <= 256, "bad_header", `expected a header of 32 to 256 bytes, got ${size}`);
    const header = this.input.peek(size);
    if (header === undefined) {
      return undefined;
    }
    const sum = crc32(header.subarray(32), crc32(header.subarray(0, 28)));
    check(header.readUInt32BE(28) === sum, "header_checksum", "the header is damaged");
    const type = header.readUInt8(4);
    const flags = header.readUInt16BE(8);
    const stream = header.readUInt32BE(12);
    const length = header.readUInt32BE(24);
    const isOfStream = type === Type.Error || CONTROL.includes(type) === (stream === 0);
    const isControl = stream === 0;
    check((flags & ~15) === 0 && header.readUInt16BE(10) === 0, "bad_header", "expected reserved bits to be 0");
    check(header.readUInt8(6) <= 2 && header.readUInt8(7) <= 3, "bad_header", "expected known fields");
    check(isOfStream, "bad_header", `expected another stream for type ${type}, got ${stream}`);
    check(!(flags & Flag.Routed) || size >= 64, "bad_header", "expected a routing block");
    const isPlain = header.readUInt8(6) === 0 && !(flags & (Flag.More | Flag.Routed));
    check(!isControl || isPlain, "bad_header", "expected a control frame in one piece");
    check(!(flags & Flag.Authenticated), "unexpected_authentication", "expected no tag");
    check(header.readBigUInt64BE(16) === this.seen + 1n, "bad_sequence", `expected frame ${this.seen + 1n}`);
    check(!this.checksum || (flags & Flag.Checksum) !== 0, "missing_checksum", "expected a checksum");
    const limit = type === Type.Hello ? MAX_HELLO : MAX_PAYLOAD;
    check(length <= limit, "too_large", `expected a payload of at most ${limit} bytes, got ${length}`);
    check(type <= Type.Hello, "unknown_type", `expected a type that there is, got ${type}`);
    const whole = this.input.peek(size + length + (flags & Flag.Checksum ? 4 : 0));
    if (whole === undefined) {
      return undefined;
    }
    const payload = whole.subarray(size, size + length);
    const holds = !(flags & Flag.Checksum) || whole.readUInt32BE(size + length) === crc32(payload);
    check(holds, "payload_checksum", "the payload is damaged");
    check(header.readUInt8(6) === 0, "bad_compression", "expected a payload that is not compressed");
    this.input.skip(whole.length);
    this.seen += 1n;
    return { type, format: header.readUInt8(5), priority: header.readUInt8(7), flags, stream, payload };
  }

  // Return the document that a frame completes.
  private take(frame: Frame): { document: unknown } | undefined {
    if (frame.type === Type.Error && frame.stream === 0) {
      throw new FrameError("peer", Buffer.from(frame.payload).toString());
    }
    if (this.peer === undefined || frame.type === Type.Hello) {
      this.open(frame);
      return undefined;
    }
    if (frame.type === Type.Heartbeat) {
      return undefined;
    }
    check(!this.peerShutdown, "unexpected_frame", "expected nothing after the Shutdown");
    if (frame.type === Type.Shutdown) {
      this.peerShutdown = true;
      this.held.clear();
      return undefined;
    }
    return this.assemble(frame);
  }

  private open(frame: Frame): void {
    check(frame.type === Type.Hello && this.peer === undefined, "unexpected_frame", "expected one Hello, first");
    let peer: Hello & { nonce?: string };
    try {
      peer = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(frame.payload));
    } catch (error) {
      throw new FrameError("bad_hello", String(error));
    }
    // The page has more rules, for readers of untrusted peers.
    const limits = peer?.limits;
    const isWhole = Array.isArray(peer?.versions) && Array.isArray(peer.formats) && limits?.max_payload >= 1024;
    check(isWhole && limits.max_message >= limits.max_payload, "bad_hello", "expected all members of a Hello");
    check(peer.nonce !== this.own.nonce, "bad_hello", "expected another end, got this one");
    const [server, client] = this.role === "server" ? [this.own, peer] : [peer, this.own];
    this.agreed = agree(server, client);
    check(peer.versions.includes(1) && this.agreed.length > 0, "no_agreement", "expected a common version and format");
    check(peer.authenticated !== true, "no_agreement", "got a peer that has a key and an end that has none");
    this.checksum = peer.checksum === true;
    this.peer = peer;
  }

  private assemble(frame: Frame): { document: unknown } | undefined {
    let held = this.held.get(frame.stream);
    if (held !== undefined && frame.type === Type.Error && held.first.type !== Type.Error) {
      held = undefined; // the writer abandons the message that it had begun
    }
    const first = held?.first ?? frame;
    const isSame = first.type === frame.type && first.format === frame.format && first.priority === frame.priority;
    check(isSame, "bad_fragment", "expected a fragment like those before it");
    const parts = held?.parts ?? [];
    const size = (held?.size ?? 0) + frame.payload.length;
    check(size <= MAX_MESSAGE, "too_large", `expected a message of at most ${MAX_MESSAGE} bytes`);
    if (frame.payload.length > 0) {
      parts.push(frame.payload);
    }
    if (frame.flags & Flag.More) {
      this.held.set(frame.stream, { first, parts, size });
      check(this.held.size <= MAX_STREAMS, "too_many_streams", `expected at most ${MAX_STREAMS} messages under way`);
      return undefined;
    }
    this.held.delete(frame.stream);
    const name = this.agreed.find(({ id }) => id === frame.format)?.name;
    const format = this.formats.find((each) => each.name === name);
    check(format !== undefined, "bad_format", `expected a format that was agreed on, got ${frame.format}`);
    return { document: (format as Format).decode(parts[0] !== undefined && parts.length === 1 ? parts[0] : Buffer.concat(parts)) };
  }
}

function check(holds: boolean, code: string, reason: string): void {
  if (!holds) {
    throw new FrameError(code, reason);
  }
}
