// Calls of JSON-RPC, in both directions, with the types that `symphony schema` writes.

// --8<-- [start:caller]
import type { Channel } from "./channel.js";
import type { Document as Message, JsonRpcRequest, JsonValue } from "./messages.js";

type Tools = (request: JsonRpcRequest) => Promise<JsonValue>;

export class Caller {
  private last = 0;
  private readonly waiting = new Map<unknown, { resolve(result: JsonValue): void; reject(error: Error): void }>();

  constructor(
    private readonly channel: Channel<Message>,
    private readonly tools: Tools,
  ) {}

  call(method: string, params?: JsonValue): Promise<JsonValue> {
    const id = ++this.last;
    this.channel.send({ jsonrpc: "2.0", method, params, id });
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  // Resolve answers and carry out requests until the channel ends: then the pending requests fail.
  async run(): Promise<void> {
    try {
      for await (const message of this.channel) {
        this.take(message);
      }
    } finally {
      for (const { reject } of this.waiting.values()) {
        reject(new Error("the channel has ended"));
      }
    }
  }

  private take(message: Message): void {
    if (!("method" in message)) {
      const waiting = this.waiting.get(message.id);
      this.waiting.delete(message.id);
      if (message.error) {
        waiting?.reject(new Error(`${message.error.code}: ${message.error.message}`));
      } else {
        waiting?.resolve(message.result ?? null);
      }
    } else if ("id" in message) {
      const { id } = message;
      this.tools(message).then(
        (result) => this.channel.send({ jsonrpc: "2.0", result, id }),
        (error) => this.channel.send({ jsonrpc: "2.0", error: { code: -32603, message: String(error) }, id }),
      );
    }
  }
}
// --8<-- [end:caller]
