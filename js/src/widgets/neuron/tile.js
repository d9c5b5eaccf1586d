import { h } from "../../ui/dom.js";
import { paintPicture } from "../../ui/paint.js";

/** @import { Picture } from "../../lib/types.js" */

/**
 * A small picture with a frame around a part of it, and a caption.
 * @param {HTMLElement} root
 */
export function createTile(root) {
  const canvas = h("canvas", { "aria-hidden": "true" });
  const frame = h("span.xai-neuron-frame");
  const caption = h("span.xai-neuron-caption");
  root.classList.add("xai-neuron-tile");
  root.append(h("span.xai-neuron-picture", canvas, frame), caption);
  return root;
}

/**
 * @param {HTMLElement} root from createTile
 * @param {Picture} picture
 * @param {ArrayLike<number>} box top, left, height and width as shares of a side; empty: no frame
 * @param {string} text
 */
export function fillTile(root, picture, box, text) {
  const [shown, caption] = /** @type {HTMLElement[]} */ ([...root.children]);
  const [canvas, frame] = shown.children;
  paintPicture(/** @type {HTMLCanvasElement} */ (canvas), picture);
  const style = /** @type {HTMLElement} */ (frame).style;
  // A frame around all of it would say nothing.
  /** @type {HTMLElement} */ (frame).hidden = !box.length || (box[2] === 1 && box[3] === 1);
  if (box.length) {
    const [top, left, height, width] = Array.from(box, (share) => `${100 * share}%`);
    Object.assign(style, { top, left, height, width });
  }
  caption.textContent = text;
}
