// Documents one after the other, as other tools exchange them over standard input and output: docs/frame-format.md.

import type { Format } from "./formats.js";
import { Bytes, FrameError, MAX_MESSAGE } from "./frames.js";

const MAX_HEADER = 4096;
const LINE_END = 0x0a;

export class DocumentConnection {
  readonly isOpen = true;
  readonly peerShutdown = false;
  private readonly input = new Bytes();
  private searched = 0;

  constructor(
    private readonly framing: "newline" | "content-length",
    readonly format: Format,
  ) {}

  start(): Uint8Array[] {
    return [];
  }

  message(value: unknown): Uint8Array[] {
    const data = this.format.encode(value);
    if (this.framing === "newline") {
      return [data, Buffer.of(LINE_END)]; // JSON.stringify writes no line breaks
    }
    return [Buffer.from(`Content-Length: ${data.length}\r\n\r\n`), data];
  }

  shutdown(): Uint8Array[] {
    return []; // the end of the stream is the shutdown
  }

  failure(): Uint8Array[] {
    return [];
  }

  receive(data: Uint8Array): unknown[] {
    this.input.push(data);
    const found: unknown[] = [];
    const next = () => (this.framing === "newline" ? this.line() : this.body());
    for (let document = next(); document !== undefined; document = next()) {
      found.push(this.format.decode(document));
    }
    return found;
  }

  end(): void {
    if (this.input.size > 0) {
      throw new FrameError("truncated", "the stream ended within a document");
    }
  }

  private line(): Uint8Array | undefined {
    for (;;) {
      const all = this.input.peek(this.input.size) as Buffer;
      const end = all.indexOf(LINE_END, this.searched);
      this.searched = end < 0 ? all.length : 0;
      if ((end < 0 ? all.length : end) > MAX_MESSAGE) {
        throw new FrameError("too_large", `expected a line of at most ${MAX_MESSAGE} bytes`);
      }
      if (end < 0) {
        return undefined;
      }
      this.input.skip(end + 1);
      if (all.subarray(0, end).toString("latin1").trim() !== "") {
        return all.subarray(0, end);
      }
    }
  }

  private body(): Uint8Array | undefined {
    const head = (this.input.peek(Math.min(this.input.size, MAX_HEADER)) as Buffer).toString("latin1");
    const end = head.indexOf("\r\n\r\n");
    if (end < 0) {
      if (head.length === MAX_HEADER) {
        throw new FrameError("too_large", `expected a header of at most ${MAX_HEADER} bytes`);
      }
      return undefined;
    }
    const length = Number(/^content-length:[ \t]*(\d+)[ \t]*$/im.exec(head.slice(0, end))?.[1]);
    if (!(length <= MAX_MESSAGE)) {
      throw new FrameError("syntax", "expected the length of a document");
    }
    const whole = this.input.peek(end + 4 + length);
    if (whole !== undefined) {
      this.input.skip(whole.length);
    }
    return whole?.subarray(end + 4);
  }
}
