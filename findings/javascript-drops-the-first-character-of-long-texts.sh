#!/usr/bin/env bash
# Text that begins with U+FEFF loses that character in MessagePack and CBOR of JavaScript, but only if it is long.
#
# Versions: @msgpack/msgpack 3.1.3, cbor-x 1.6.9, Node 20.20.2.
# Guess: text in MessagePack and CBOR is what its bytes say. RFC 8949, section 3.1: a text string is UTF-8; a byte order
# mark has no meaning there, and the short texts of both packages, JSON.parse, and every peer of ours keep it.
# Seen: both decode long texts with `new TextDecoder()`, which takes a leading U+FEFF for a byte order mark and drops it.
# @msgpack/msgpack does so from 201 bytes on. cbor-x does so from 65 bytes on where its native addon is missing, as in
# every browser; with the addon, which Node has, it never does.
# Why it matters: the same bytes are another text in Node than in a browser, and one with 200 bytes another than one with
# 201. A file's content that was read with its byte order mark changes its length and its hash on the way. Tests with
# short texts, and tests in Node, see nothing. `new TextDecoder("utf-8", { ignoreBOM: true })` keeps it.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
echo '{"private": true, "type": "module"}' > package.json
npm install --no-package-lock --no-audit --no-fund --silent @msgpack/msgpack@3.1.3 cbor-x@1.6.9
cat > text.js <<'EOF'
import { decode as fromMsgpack, encode as toMsgpack } from "@msgpack/msgpack";
import { decode as fromCbor, encode as toCbor, isNativeAccelerationEnabled } from "cbor-x";

const isKept = (encode, decode, bytes) => {
  const text = "\ufeff" + "a".repeat(bytes - 3); // U+FEFF is three bytes
  return decode(encode(text)) === text;
};
const kept = (encode, decode, lengths) => lengths.filter((bytes) => isKept(encode, decode, bytes));
console.log(
  JSON.stringify({
    addon: isNativeAccelerationEnabled,
    msgpack: kept(toMsgpack, fromMsgpack, [10, 200, 201, 1000]),
    cbor: kept(toCbor, fromCbor, [10, 64, 65, 1000]),
    json: kept(JSON.stringify, JSON.parse, [10, 1000]),
  }),
);
EOF
browser=$(CBOR_NATIVE_ACCELERATION_DISABLED=true node text.js)
echo "without the addon: $browser"
[ "$browser" = '{"addon":false,"msgpack":[10,200],"cbor":[10,64],"json":[10,1000]}' ]
native=$(node text.js)
echo "as installed:      $native"
case "$native" in
  *'"addon":true'*) [ "$native" = '{"addon":true,"msgpack":[10,200],"cbor":[10,64,65,1000],"json":[10,1000]}' ] ;;
  *) [ "$native" = "$browser" ] ;;
esac
