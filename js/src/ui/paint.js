import { rgbaOf } from "../lib/arrays.js";
import { colourOf } from "../lib/colour.js";

/** @import { Picture } from "../lib/types.js" */

/** Below this many screen pixels a picture's pixel is smoothed; above it reads better as a square. */
const SQUARES_FROM = 4;

/**
 * @param {HTMLCanvasElement} canvas gets one pixel for each of the picture's
 * @param {Picture} picture
 */
export function paintPicture(canvas, picture) {
  canvas.width = picture.width;
  canvas.height = picture.height;
  const pixels = new ImageData(rgbaOf(picture), picture.width, picture.height);
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}

/** @param {number} scale screen pixels for one of the picture's */
export const showsSquares = (scale) => scale >= SQUARES_FROM;

/**
 * A change, in one map or in three colours.
 * @param {HTMLCanvasElement} canvas
 * @param {{height: number, width: number, values: ArrayLike<number>, scale?: number, colours?: boolean}} change
 * @param {number} range
 */
export const paintChange = (canvas, change, range) =>
  (change.colours ? paintColours : paintPixels)(canvas, change, range);

/**
 * What is added of each colour, from its opposite over grey: the picture is left as it is where nothing changes.
 * @param {HTMLCanvasElement} canvas gets one pixel for each three values
 * @param {{height: number, width: number, values: ArrayLike<number>, scale?: number}} change red, green, blue
 * @param {number} range
 */
function paintColours(canvas, { height, width, values, scale = 1 }, range) {
  const pixels = new ImageData(width, height);
  for (let i = 0; i < height * width; i += 1) {
    let most = 0;
    for (let c = 0; c < 3; c += 1) {
      const share = Math.max(-1, Math.min(1, (scale * values[3 * i + c]) / range || 0));
      most = Math.max(most, Math.abs(share));
      pixels.data[4 * i + c] = 127.5 * (1 + share);
    }
    pixels.data[4 * i + 3] = 255 * Math.sqrt(most);
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}

/** So many colours from the bluest to the reddest. */
const SHADES = 255;

/**
 * A map with a value for each pixel of the picture, which is left as it is where the value is zero.
 * @param {HTMLCanvasElement} canvas gets one pixel for each value
 * @param {{height: number, width: number, values: ArrayLike<number>, scale?: number}} map scale: of one
 *   unit of its values
 * @param {number} range
 */
export function paintPixels(canvas, { height, width, values, scale = 1 }, range) {
  const middle = (SHADES - 1) / 2;
  const shades = Uint8ClampedArray.from({ length: 4 * SHADES }, (_, i) => {
    const { red, green, blue, alpha } = colourOf(Math.floor(i / 4) - middle, middle, 0);
    return [red, green, blue, 255 * alpha][i % 4];
  });
  const pixels = new ImageData(width, height);
  // Pixels are copied whole: this runs sixty times a second while a morph plays.
  const [from, to] = [new Uint32Array(shades.buffer), new Uint32Array(pixels.data.buffer)];
  for (let i = 0; i < to.length; i += 1) {
    to[i] = from[Math.round(middle * (1 + Math.max(-1, Math.min(1, (scale * values[i]) / range || 0))))];
  }
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
}
