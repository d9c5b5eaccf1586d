import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, rgbaOf } from "../src/lib/arrays.js";

test("bytes keep to their view", () => {
  const buffer = new Uint8Array([9, 1, 2, 9]).buffer;
  assert.deepEqual([...bytesOf(new DataView(buffer, 1, 2))], [1, 2]);
});

test("RGB becomes opaque RGBA", () => {
  const data = new Uint8Array([1, 2, 3, 4, 5, 6]);
  assert.deepEqual([...rgbaOf({ height: 1, width: 2, data })], [1, 2, 3, 255, 4, 5, 6, 255]);
});
