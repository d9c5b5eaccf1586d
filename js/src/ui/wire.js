import { bytesOf } from "../lib/arrays.js";

/** @import { Shaped } from "../schema/shared.js" */
/** @import { Bytes } from "../lib/types.js" */

const KINDS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  int32: Int32Array,
  float32: Float32Array,
  float64: Float64Array,
};

/** One pixel that is not there: of a picture that this view has not had. */
const NOTHING = {
  height: 1,
  width: 1,
  data: Object.assign(new Uint8Array([128, 128, 128]), { shape: [1, 1, 3] }),
};

/**
 * What the kernel has sent, with its arrays as typed arrays that know their shape. What came once is decoded once, so
 * that a trait that has not changed is the same object still. A small picture with a name crosses once: afterwards only
 * its name does.
 * @param {() => void} [onMissing] is told of one that this view has not had
 */
export function createDecoder(onMissing = () => {}) {
  /** @type {WeakMap<object, any>} */
  const known = new WeakMap();

  /** @type {Map<string, {decoded: any, wire: any}>} */
  const named = new Map();

  /** @param {any} value which has the name of a picture */
  function pictureOf(value) {
    const picture = named.get(value.$had);
    if (!picture) {
      onMissing();
      return NOTHING;
    }
    // A notebook saves what has crossed, and opens with no kernel: there the name would tell nothing.
    delete value.$had;
    Object.assign(value, picture.wire);
    return picture.decoded;
  }

  /** @param {any} value @returns {any} */
  function decode(value) {
    const plain =
      Array.isArray(value) ||
      (value !== null && typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype);
    if (!plain) return value;
    if (!known.has(value))
      known.set(value, typeof value.$array === "string" ? arrayOf(value) : inside(value));
    return known.get(value);
  }

  /** @param {any} value @returns {any} itself, if there is no array in it */
  function inside(value) {
    if (typeof value.$had === "string") return pictureOf(value);
    const entries = Object.entries(value).map(
      ([name, inner]) => /** @type {const} */ ([name, decode(inner)]),
    );
    if (entries.every(([name, inner]) => inner === value[name])) return value;
    if (Array.isArray(value)) return entries.map(([, inner]) => inner);
    const decoded = Object.fromEntries(entries);
    if (typeof value.$name === "string") named.set(value.$name, { decoded, wire: value });
    return decoded;
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
