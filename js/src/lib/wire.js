import { bytesOf } from "./arrays.js";

/** @import { Shaped } from "./schema.js" */
/** @import { Bytes } from "./types.js" */

const KINDS = { int8: Int8Array, uint8: Uint8Array, int16: Int16Array, int32: Int32Array, float32: Float32Array, float64: Float64Array };

/**
 * What the kernel has sent, with its arrays as typed arrays that know their shape. What came once is decoded once, so
 * that a trait that has not changed is the same object still.
 */
export function createDecoder() {
  /** @type {WeakMap<object, any>} */
  const known = new WeakMap();

  /** @param {any} value @returns {any} */
  function decode(value) {
    const plain = Array.isArray(value) || (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype);
    if (!plain) return value;
    if (!known.has(value)) known.set(value, typeof value.$array === "string" ? arrayOf(value) : inside(value));
    return known.get(value);
  }

  /** @param {any} value @returns {any} itself, if there is no array in it */
  function inside(value) {
    const entries = Object.entries(value).map(([name, inner]) => /** @type {const} */ ([name, decode(inner)]));
    if (entries.every(([name, inner]) => inner === value[name])) return value;
    return Array.isArray(value) ? entries.map(([, inner]) => inner) : Object.fromEntries(entries);
  }
  return decode;
}

/**
 * @template {keyof typeof KINDS} K
 * @param {{$array: K, shape: number[], data: Bytes}} wire
 * @returns {InstanceType<typeof KINDS[K]> & Shaped}
 */
export function arrayOf({ $array, shape, data }) {
  const Kind = KINDS[$array];
  const bytes = bytesOf(data);
  // A typed array begins at a multiple of its numbers' size, which a buffer inside a message need not do.
  const aligned = bytes.byteOffset % Kind.BYTES_PER_ELEMENT === 0 ? bytes : bytes.slice();
  const array = new Kind(aligned.buffer, aligned.byteOffset, aligned.byteLength / Kind.BYTES_PER_ELEMENT);
  return /** @type {any} */ (Object.defineProperty(array, "shape", { value: shape }));
}
