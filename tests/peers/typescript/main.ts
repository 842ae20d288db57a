// An end that echoes messages, for tests that compare them.

import { spawn } from "node:child_process";

import { Channel, connect, DocumentConnection, FrameConnection, overStreams, serve } from "./channel.js";
import { FORMATS, type Format } from "./formats.js";
import type { Document as Message, JsonRpcRequest, JsonValue } from "./messages.js";
import { Caller } from "./tools.js";

function formatsOf(names: string | undefined): Format[] {
  return (names ?? "").split(",").map((name) => FORMATS.find((format) => format.name === name) as Format);
}

function connectionOf(role: "client" | "server", framing: string | undefined, formats: Format[]) {
  if (framing === "newline" || framing === "content-length") {
    return new DocumentConnection(framing, formats[0] as Format);
  }
  return new FrameConnection(role, formats);
}

// --8<-- [start:echo]
async function echo(channel: Channel<unknown>): Promise<void> {
  for await (const message of await channel.opened()) {
    channel.send(message);
  }
}
// --8<-- [end:echo]

async function add({ method, params }: JsonRpcRequest): Promise<JsonValue> {
  if (method !== "add" || !Array.isArray(params)) {
    throw new Error(`expected the method add, got ${method}`);
  }
  return (params as number[]).reduce((sum, each) => sum + each, 0);
}

const [mode, ...rest] = process.argv.slice(2);
if (mode === "serve") {
  const fingerprints: Record<string, string> = rest[1] === undefined ? {} : { "msgpack-compact": rest[1] };
  console.log((await serve(formatsOf(rest[0]), echo, fingerprints)).url);
} else if (mode === "connect") {
  for (const url of rest.slice(1)) {
    await echo(await connect(url, formatsOf(rest[0])));
  }
} else if (mode === "tools") {
  const tools = (channel: Channel<Message>) => new Caller(channel, add).run();
  console.log((await serve<Message>(formatsOf(rest[0]), tools)).url);
} else if (mode === "call") {
  const channel = await connect<Message>(rest[1] as string, formatsOf(rest[0]));
  const caller = new Caller(channel, add);
  const running = caller.run();
  const sums = await Promise.all(Array.from({ length: 100 }, (_, number) => caller.call("add", [number, 1])));
  const refused = await caller.call("subtract", [1]).catch((error: Error) => error.message);
  console.log(JSON.stringify({ sums, refused }));
  channel.close();
  await running;
} else if (mode === "stdio") {
  const connection = connectionOf("server", rest[0], formatsOf(rest[1]));
  const channel = overStreams(process.stdin, process.stdout, connection);
  await echo(channel);
  channel.close();
} else {
  const [command, ...args] = rest.slice(2);
  const child = spawn(command as string, args, { stdio: ["pipe", "pipe", "inherit"] });
  const channel = overStreams(child.stdout, child.stdin, connectionOf("client", rest[0], formatsOf(rest[1])));
  await echo(channel);
}
