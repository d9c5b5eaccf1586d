import assert from "node:assert/strict";
import { test } from "node:test";
import { arrayOf, createDecoder } from "../src/ui/wire.js";

/** @param {number[]} values an odd number of bytes into a larger buffer, as a kernel sends them */
function floats(values) {
  const bytes = new Uint8Array(4 * values.length + 3);
  bytes.set(new Uint8Array(new Float32Array(values).buffer), 3);
  return new DataView(bytes.buffer, 3);
}

test("an array knows its numbers and its shape, wherever its buffer begins", () => {
  const array = arrayOf({ $array: "float32", shape: [1, 2], data: floats([0.5, -2]) });
  assert.ok(array instanceof Float32Array);
  assert.deepEqual([...array], [0.5, -2]);
  assert.deepEqual(array.shape, [1, 2]);
  const small = arrayOf({
    $array: "int8",
    shape: [2],
    data: new DataView(new Uint8Array([0, 0, 255, 1]).buffer, 2),
  });
  assert.deepEqual([...small], [-1, 1]);
});

test("arrays are decoded however deep, and once", () => {
  const decode = createDecoder();
  const sent = {
    name: "a",
    parts: [{ values: { $array: "int16", shape: [1], data: new Int16Array([-3]) } }, null],
  };
  const got = decode(sent);
  assert.deepEqual([...got.parts[0].values], [-3]);
  assert.equal(got.name, "a");
  assert.equal(got.parts[1], null);
  assert.equal(decode(sent), got);
});

test("what has no array in it stays the same object", () => {
  const decode = createDecoder();
  const bytes = new DataView(new ArrayBuffer(2));
  for (const value of [{ a: [1, { b: null }] }, [], bytes, "text", 3, null])
    assert.equal(decode(value), value);
});

test("a small picture with a name crosses once, and one that was missed is asked for", () => {
  let missed = 0;
  const decode = createDecoder(() => (missed += 1));
  const data = { $array: "uint8", shape: [1, 1, 3], data: new Uint8Array([1, 2, 3]) };
  const [first] = decode([{ query: "a", thumbnail: { $name: "a", height: 1, width: 1, data } }]);
  const later = [
    { query: "a", thumbnail: { $had: "a" } },
    { query: "b", thumbnail: { $had: "b" } },
  ];
  const [again, unknown] = decode(later);
  assert.deepEqual([...again.thumbnail.data], [1, 2, 3]);
  assert.equal(again.thumbnail, first.thumbnail);
  assert.deepEqual([unknown.thumbnail.height, unknown.thumbnail.width, missed], [1, 1, 1]);
  // A notebook that is saved now has the picture where its name stood.
  const reopened = createDecoder();
  assert.deepEqual([...reopened(later)[0].thumbnail.data], [1, 2, 3]);
});
