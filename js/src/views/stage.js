import { h } from "../lib/dom.js";
import { paintPicture } from "../lib/paint.js";

/** @import { Picture } from "../lib/types.js" */

/**
 * A picture with room for a map over it.
 * @param {number} largest side on the screen
 */
export function createStage(largest) {
  const base = h("canvas.xai-picture", { role: "img" });
  const overlay = h("canvas.xai-overlay", { role: "img" });
  const layers = h("div.xai-layers", base, overlay);
  const stage = h("div.xai-stage", layers);

  /** @param {Picture} picture @param {string} name for those who do not see it */
  function show(picture, name) {
    paintPicture(base, picture);
    base.setAttribute("aria-label", `${name}, ${picture.height} by ${picture.width} pixels`);
    stage.style.aspectRatio = `${picture.width} / ${picture.height}`;
    stage.style.maxWidth = `${Math.round(largest * Math.min(1, picture.width / picture.height))}px`;
  }
  return { stage, layers, base, overlay, show };
}
