/** @import { ContrastState } from "../../schema/contrast/state.js" */
/** @import { Picture } from "../../lib/types.js" */

/** @typedef {ContrastState["channel"]} Channel what is shown of a change in colour */

/**
 * A change with one number for each pixel, or three.
 * @typedef {{height: number, width: number, values: Int8Array | Float32Array, scale: number, colours?:
 *   boolean}} Difference
 */

/** How bright red, green and blue look (ITU-R BT.601). */
const LUMA = [0.299, 0.587, 0.114];
/** Rounding does not decide between what was added and what was removed. */
const TIE = 1e-3;
const CHANNELS = ["red", "green", "blue"];

/**
 * A change in colours as it is shown: one map of it, or all three. As `contrast.read_change` in Python.
 * @param {Difference} change with colours, or it stays as it is
 * @param {Channel} channel
 * @param {Picture} before
 * @param {Picture} after
 * @returns {Difference}
 */
export function readChange(change, channel, before, after) {
  if (!change.colours || channel === "rgb") return change;
  const { height, width, values, scale } = change;
  const map = new Float32Array(height * width);
  for (let i = 0; i < map.length; i += 1)
    map[i] =
      channel === "hue"
        ? hueChange(before.data, after.data, 3 * i)
        : scale * read(channel, values[3 * i], values[3 * i + 1], values[3 * i + 2]);
  return { height, width, values: map, scale: 1 };
}

/** @param {Channel} channel @param {number} red @param {number} green @param {number} blue */
function read(channel, red, green, blue) {
  if (channel === "brightness") return LUMA[0] * red + LUMA[1] * green + LUMA[2] * blue;
  if (channel !== "strongest") return [red, green, blue][CHANNELS.indexOf(channel)];
  const [added, removed] = [Math.max(red, green, blue), -Math.min(red, green, blue)];
  return added >= removed * (1 - TIE) ? added : -removed;
}

/** @param {ArrayLike<number>} before @param {ArrayLike<number>} after @param {number} at */
function hueChange(before, after, at) {
  const [first, second] = [hueOf(before, at), hueOf(after, at)];
  const turn =
    ((((second.angle - first.angle + Math.PI) % (2 * Math.PI)) + 2 * Math.PI) % (2 * Math.PI)) - Math.PI;
  return (turn / Math.PI) * Math.min(first.colourful, second.colourful);
}

/** @param {ArrayLike<number>} data bytes @param {number} at */
function hueOf(data, at) {
  const [red, green, blue] = [data[at] / 255, data[at + 1] / 255, data[at + 2] / 255];
  const [towardsRed, towardsGreen] = [red - (green + blue) / 2, ((green - blue) * Math.sqrt(3)) / 2];
  return { angle: Math.atan2(towardsGreen, towardsRed), colourful: Math.hypot(towardsGreen, towardsRed) };
}

/**
 * What the colours over a picture mean.
 * @param {Channel} channel
 * @param {boolean} colours whether the picture has any
 */
export function legendOf(channel, colours) {
  if (!colours || channel === "brightness") return "red: brighter than the picture, blue: darker";
  if (channel === "rgb") return "each colour: what is added";
  if (channel === "hue") return "red: hue on towards green and blue, blue: back";
  if (channel === "strongest") return "red: a colour is added, blue: one is taken away";
  return `red: more ${channel} than in the picture, blue: less`;
}
