// Channels over WebSockets and over standard input and output, with any framing.

import type { Readable, Writable } from "node:stream";

import { WebSocket, WebSocketServer } from "ws";

import { DocumentConnection } from "./documents.js";
import type { Format } from "./formats.js";
import { FrameConnection, FrameError } from "./frames.js";

const SUBPROTOCOL = "symphony.v1.";

type Connection = FrameConnection | DocumentConnection;

// How a channel writes and closes; the rest is the same for all transports.
interface Transport {
  write(data: Uint8Array): void;
  close(): void;
}

export class Channel<T> implements AsyncIterable<T> {
  private readonly queue: T[] = [];
  private waiting?: () => void;
  private ended = false;
  private error?: Error;

  constructor(
    private readonly connection: Connection,
    private readonly transport: Transport,
  ) {
    this.write(connection.start());
  }

  send(message: T): void {
    this.write(this.connection.message(message));
  }

  close(): void {
    this.write(this.connection.shutdown());
    if (!(this.connection instanceof FrameConnection) || this.connection.peerShutdown) {
      this.transport.close();
    }
  }

  // Wait until messages can be sent.
  async opened(): Promise<this> {
    while (!this.connection.isOpen && !this.ended) {
      await this.changed();
    }
    if (!this.connection.isOpen) {
      throw this.error ?? new Error("the channel has ended");
    }
    return this;
  }

  // The received messages, until the peer ends the channel.
  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    for (;;) {
      for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
        yield next;
      }
      if (this.ended) {
        break;
      }
      await this.changed();
    }
    if (this.error !== undefined) {
      throw this.error;
    }
  }

  // Received bytes: a whole message of a WebSocket, or a piece of a stream.
  take(receive: (connection: Connection) => unknown[]): void {
    if (this.ended) {
      return;
    }
    try {
      this.queue.push(...(receive(this.connection) as T[]));
      if (this.connection.peerShutdown) {
        this.close();
        this.end();
      }
    } catch (error) {
      if (error instanceof FrameError && error.code !== "peer") {
        this.write(this.connection.failure(error));
      }
      this.end(error as Error);
      this.transport.close();
    }
    this.waiting?.();
  }

  end(error?: Error): void {
    if (!this.ended) {
      this.ended = true;
      this.error = error;
    }
    this.waiting?.();
  }

  private write(data: Uint8Array[]): void {
    for (const each of data) {
      this.transport.write(each);
    }
  }

  private changed(): Promise<void> {
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }
}

function webSocketChannel<T>(socket: WebSocket, connection: FrameConnection): Channel<T> {
  const transport = { write: (data: Uint8Array) => socket.send(data), close: () => socket.close(1000) };
  const channel = new Channel<T>(connection, transport);
  socket.on("message", (data: Buffer, isBinary) => {
    channel.take(() => {
      if (!isBinary) {
        throw new FrameError("unexpected_frame", "expected a binary message, got text");
      }
      return connection.receiveBlock(data);
    });
  });
  socket.on("close", () => channel.end(new Error("the connection was lost")));
  socket.on("error", (error) => channel.end(error));
  return channel;
}

// --8<-- [start:connect]
// Our formats in the order for the Hello: first the one that the subprotocol names.
function chosenFirst(formats: readonly Format[], { protocol }: WebSocket): Format[] {
  const isChosen = ({ name }: Format) => SUBPROTOCOL + name === protocol;
  return [...formats.filter(isChosen), ...formats.filter((format) => !isChosen(format))];
}

// The client offers a subprotocol for each of its formats, and the server chooses one.
export async function connect<T>(url: string, formats: readonly Format[]): Promise<Channel<T>> {
  const offered = formats.map(({ name }) => SUBPROTOCOL + name);
  const socket = new WebSocket(url, offered);
  const channel = await new Promise<Channel<T>>((resolve, reject) => {
    // Set at once, not after an await: the first message may arrive before that continues.
    socket.once("open", () => {
      resolve(webSocketChannel(socket, new FrameConnection("client", chosenFirst(formats, socket))));
    });
    socket.once("error", reject);
  });
  return channel.opened();
}
// --8<-- [end:connect]

// --8<-- [start:serve]
// Serve at a free port of this machine; call the handler for each channel.
export async function serve<T>(
  formats: readonly Format[],
  handler: (channel: Channel<T>) => Promise<void>,
  fingerprints: Readonly<Record<string, string>> = {},
): Promise<{ url: string; close(): void }> {
  const chosen = (offered: Set<string>) => formats.find(({ name }) => offered.has(SUBPROTOCOL + name));
  const server = new WebSocketServer({
    host: "127.0.0.1",
    port: 0,
    // Without it, ws takes the client's first offer.
    handleProtocols: (offered) => SUBPROTOCOL + (chosen(offered) as Format).name,
    verifyClient: ({ req, origin }, done) => {
      const offered = new Set((req.headers["sec-websocket-protocol"] ?? "").split(",").map((name) => name.trim()));
      // Any web page can make its visitor's browser connect to this machine.
      done(origin === undefined && chosen(offered) !== undefined, origin === undefined ? 400 : 403);
    },
  });
  server.on("connection", (socket) => {
    const connection = new FrameConnection("server", chosenFirst(formats, socket), fingerprints);
    const channel = webSocketChannel<T>(socket, connection);
    handler(channel).then(
      () => channel.close(),
      (error) => {
        console.error(error);
        socket.terminate();
      },
    );
  });
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address() as { port: number };
  return { url: `ws://127.0.0.1:${address.port}/`, close: () => server.close() };
}
// --8<-- [end:serve]

// --8<-- [start:streams]
// A channel over two streams: process.stdin and process.stdout, or those of a child.
export function overStreams<T>(input: Readable, output: Writable, connection: Connection): Channel<T> {
  const transport = { write: (data: Uint8Array) => void output.write(data), close: () => void output.end() };
  const channel = new Channel<T>(connection, transport);
  input.on("data", (data: Buffer) => channel.take((each) => each.receive(data)));
  input.on("end", () => {
    channel.take((each) => {
      each.end();
      return [];
    });
    channel.end(connection instanceof FrameConnection ? new Error("the connection was lost") : undefined);
  });
  return channel;
}
// --8<-- [end:streams]

export { DocumentConnection, FrameConnection };
