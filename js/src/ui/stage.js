import { h } from "./dom.js";
import { paintPicture } from "./paint.js";

/** @import { Picture } from "../lib/types.js" */

/** Figures side by side. @param {...HTMLElement} figures */
export const figureRow = (...figures) => h("div.xai-figures", { "data-export": "" }, ...figures);

/**
 * A stage with its name above.
 * @param {string} kind class
 * @param {HTMLElement} stage
 * @param {...HTMLElement} notes below it
 */
export function namedFigure(kind, stage, ...notes) {
  const caption = h("figcaption");
  return { root: h(`figure.xai-figure.xai-${kind}`, { hidden: true }, caption, stage, ...notes), caption };
}

/**
 * A picture with room for a map over it.
 * @param {number} [largest] side on the screen; else the sheet says it
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
    const widest = largest ? `${largest}px` : "var(--picture)";
    stage.style.maxWidth = `calc(${Math.min(1, picture.width / picture.height)} * ${widest})`;
  }
  return { stage, layers, base, overlay, show };
}
