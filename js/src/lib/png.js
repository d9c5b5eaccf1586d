import { colourOf, cssColour } from "./colour.js";
import { signed } from "./numbers.js";
import { paintPicture, showsSquares } from "./paint.js";

/** @import { Picture } from "./types.js" */

export const MARGIN = 20;
export const LINE = 20;
export const FONT = "14px system-ui, sans-serif";

/**
 * @param {Picture} picture
 * @param {number} side the longer of its sides on the sheet
 */
export function sizeOf({ height, width }, side) {
  const scale = side / Math.max(height, width);
  return { height: Math.round(height * scale), width: Math.round(width * scale) };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Picture} picture
 * @param {{height: number, width: number}} size
 */
export function drawPicture(context, picture, size) {
  const source = document.createElement("canvas");
  paintPicture(source, picture);
  drawScaled(context, source, size);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLCanvasElement} source
 * @param {{height: number, width: number}} size
 */
export function drawScaled(context, source, size) {
  context.imageSmoothingEnabled = !showsSquares(size.width / source.width);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, size.width, size.height);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {{range: number, opacity: number}} look
 */
export function drawColourBar(context, x, y, width, { range, opacity }) {
  for (let i = 0; i < width; i += 1) {
    context.fillStyle = cssColour(colourOf(((2 * i) / (width - 1) - 1) * range, range), opacity);
    context.fillRect(x + i, y, 1, 12);
  }
  context.fillStyle = "#222";
  context.fillText(signed(-range), x, y + 28);
  context.textAlign = "center";
  context.fillText("0", x + width / 2, y + 28);
  context.textAlign = "right";
  context.fillText(signed(range), x + width, y + 28);
  context.textAlign = "left";
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} width
 */
export function wrap(context, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word;
    if (context.measureText(longer).width <= width || !lines[lines.length - 1]) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @returns {Promise<Blob>}
 */
export function pngOf(canvas) {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture"))), "image/png"),
  );
}
