import assert from "node:assert/strict";
import { test } from "node:test";
import { bytesOf, float32Of, rgbaOf } from "../src/lib/arrays.js";

/** @param {number[]} values @param {number} offset */
function inLargerBuffer(values, offset) {
  const buffer = new ArrayBuffer(offset + values.length * 4 + 8);
  const view = new DataView(buffer, offset, values.length * 4);
  values.forEach((value, i) => view.setFloat32(4 * i, value, true));
  return view;
}

test("floats are read from where the view starts, aligned or not", () => {
  for (const offset of [0, 4, 5, 7]) assert.deepEqual([...float32Of(inLargerBuffer([1.5, -2, 3], offset))], [1.5, -2, 3]);
});

test("floats are read from bytes and from a bare buffer", () => {
  const bytes = new Uint8Array(new Float32Array([4, 5]).buffer);
  assert.deepEqual([...float32Of(bytes)], [4, 5]);
  assert.deepEqual([...float32Of(bytes.buffer)], [4, 5]);
});

test("bytes keep to their view", () => {
  const buffer = new Uint8Array([9, 1, 2, 9]).buffer;
  assert.deepEqual([...bytesOf(new DataView(buffer, 1, 2))], [1, 2]);
});

test("RGB becomes opaque RGBA", () => {
  const data = new DataView(new Uint8Array([9, 1, 2, 3, 4, 5, 6]).buffer, 1);
  assert.deepEqual([...rgbaOf({ height: 1, width: 2, data })], [1, 2, 3, 255, 4, 5, 6, 255]);
});
