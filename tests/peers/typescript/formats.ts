// The formats of Symphony's codecs, as Node encodes and decodes them.

import { Decoder as MsgpackDecoder, Encoder as MsgpackEncoder } from "@msgpack/msgpack";
import { Decoder as CborDecoder, Encoder as CborEncoder } from "cbor-x";

export interface Format {
  name: string;
  id: number;
  encode(value: unknown): Uint8Array;
  decode(data: Uint8Array): unknown;
}

// --8<-- [start:json]
// JSON.parse rounds integers that a float does not hold, and JSON.stringify writes large floats as integers. Node 22 and
// browsers of 2025 give the source text of a number, and write raw JSON text; TypeScript does not know of that yet.
type Reviver = (key: string, value: unknown, context?: { source?: string }) => unknown;
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown;
const { rawJSON = undefined } = JSON as { rawJSON?: (text: string) => unknown };

function revive(_: string, value: unknown, context?: { source?: string }): unknown {
  const isLong = typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "");
  return isLong ? BigInt(context?.source as string) : value;
}

function raw(_: string, value: unknown): unknown {
  const isLong = typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value);
  if (rawJSON !== undefined && (isLong || typeof value === "bigint")) {
    return rawJSON(isLong ? value.toExponential() : value.toString());
  }
  return value; // a bigint is refused: TypeError
}

const json: Format = {
  name: "json",
  id: 1,
  encode: (value) => new TextEncoder().encode(JSON.stringify(value, raw)),
  decode: (data) => parse(new TextDecoder("utf-8", { fatal: true }).decode(data), revive),
};
// --8<-- [end:json]

// --8<-- [start:binary]
// Both libraries write integers beyond 32 bits as floats, unless they are bigints, and write fields that are undefined.
function exact(value: unknown): unknown {
  if (typeof value === "number") {
    return Number.isSafeInteger(value) && (value > 0xffffffff || value < -0x80000000) ? BigInt(value) : value;
  }
  return mapped(value, exact);
}

// Both read 64-bit integers as bigints, which + does not combine with numbers.
function plain(value: unknown): unknown {
  if (typeof value === "bigint") {
    return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  }
  return mapped(value, plain);
}

// Arrays and objects with a function applied to their items, without fields that are undefined.
function mapped(value: unknown, each: (item: unknown) => unknown): unknown {
  if (value === null || typeof value !== "object" || ArrayBuffer.isView(value)) {
    return value;
  }
  if (Array.isArray(value)) {
    return value.map(each);
  }
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(entries.map(([key, item]) => [key, each(item)]));
}

function msgpack(name: string, id: number): Format {
  // Without this, 64-bit integers are rounded.
  const encoder = new MsgpackEncoder({ useBigInt64: true });
  const decoder = new MsgpackDecoder({ useBigInt64: true });
  return { name, id, encode: (value) => encoder.encode(exact(value)), decode: (data) => plain(decoder.decode(data)) };
}

// Without these, objects become the library's own records, and a Uint8Array gets a tag before its bytes.
const options = { useRecords: false, mapsAsObjects: true, tagUint8Array: false, variableMapSize: true };
const cborEncoder = new CborEncoder(options);
const cborDecoder = new CborDecoder(options);
const cbor: Format = {
  name: "cbor",
  id: 3,
  encode: (value) => new Uint8Array(cborEncoder.encode(exact(value))),
  decode: (data) => plain(cborDecoder.decode(data)),
};
// --8<-- [end:binary]

export const FORMATS: readonly Format[] = [msgpack("msgpack", 2), cbor, json, msgpack("msgpack-compact", 4)];
