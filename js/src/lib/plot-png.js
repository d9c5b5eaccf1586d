import { MARGIN } from "./png.js";

/** What of an SVG comes from the sheet of the page, which a picture of its own does not have. */
const STYLES = ["fill", "fill-opacity", "stroke", "stroke-opacity", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "font-family"];
/** Of a legend: its line, and what is between that and its text. */
const [DASH, GAP] = [22, 6];

/** @param {HTMLElement} root @param {string} selector */
export const seen = (root, selector) => [.../** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll(selector))].filter((element) => element.offsetParent);

/** @param {Element | undefined} element */
export const textOf = (element) => element?.textContent ?? "";

/**
 * A plot with its legend, as it is seen.
 * @param {HTMLElement} plot
 */
export async function plate(plot) {
  const drawn = /** @type {SVGElement} */ (plot.querySelector("svg"));
  const { width, height } = drawn.getBoundingClientRect();
  const copy = /** @type {SVGElement} */ (drawn.cloneNode(true));
  const [from, to] = [drawn, copy].map((each) => [each, ...each.querySelectorAll("*")]);
  from.forEach((element, i) => {
    const style = getComputedStyle(element);
    for (const name of STYLES) /** @type {SVGElement} */ (to[i]).style.setProperty(name, style.getPropertyValue(name));
  });
  copy.setAttribute("width", String(width));
  copy.setAttribute("height", String(height));
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(new XMLSerializer().serializeToString(copy))}`;
  await image.decode();
  const keys = seen(plot, ".xai-key").map((key) => {
    const { borderTopColor: colour, borderTopStyle: style } = getComputedStyle(key, "::before");
    return { text: [...key.children].map(textOf).join(" "), colour, dashed: style === "dashed" };
  });
  return { image, width, height, keys };
}

/** @typedef {{text: string, colour: string, dashed: boolean}} Key of a legend */

/** @param {CanvasRenderingContext2D} context @param {string} text */
export const keyWidth = (context, text) => DASH + GAP + context.measureText(text).width + MARGIN;

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Key[]} keys
 * @param {number} y
 * @param {string} ink
 */
export function drawKeys(context, keys, y, ink) {
  let x = MARGIN;
  for (const { text, colour, dashed } of keys) {
    context.fillStyle = ink;
    context.fillText(text, x + DASH + GAP, y);
    context.beginPath();
    context.moveTo(x, y - 5);
    context.lineTo(x + DASH, y - 5);
    context.setLineDash(dashed ? [6, 3] : []);
    context.lineWidth = 2;
    context.strokeStyle = colour;
    context.stroke();
    x += keyWidth(context, text);
  }
  context.setLineDash([]);
}
