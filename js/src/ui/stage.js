import { fillList, h, setAttribute, watchWidth } from "./dom.js";
import { paintPicture, showsSquares } from "./paint.js";

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

/** @param {Picture} picture @returns {string} */
const sizeOf = ({ height, width, words }) =>
  words?.length ? words.join(" ") : `${height} by ${width} pixels`;

/**
 * Tells those who do not see it what is painted over a picture; without words nothing is.
 * @param {HTMLCanvasElement} overlay from createStage
 * @param {string} words
 */
export function nameOverlay(overlay, words) {
  setAttribute(overlay, "role", words ? "img" : null);
  setAttribute(overlay, "aria-label", words || null);
  setAttribute(overlay, "aria-hidden", words ? null : "true");
}

/**
 * Smooths the pixels of a stage, or shows them as squares where they are large.
 * @param {Pick<ReturnType<typeof createStage>, "layers" | "base" | "overlay">} stage
 * @param {AbortSignal} signal
 * @returns {() => void} to be called when a canvas has got other pixels
 */
export function createSmoothing({ layers, base, overlay }, signal) {
  let across = 0;
  const fit = () =>
    [base, overlay].forEach((canvas) =>
      canvas.classList.toggle("xai-squares", showsSquares(across / canvas.width)),
    );
  watchWidth(layers, signal, (width) => {
    across = width;
    fit();
  });
  return fit;
}

/**
 * A picture with room for a map over it.
 * @param {number} [largest] side on the screen; else the sheet says it
 */
export function createStage(largest) {
  const base = h("canvas.xai-picture", { role: "img" });
  const overlay = h("canvas.xai-overlay", { "aria-hidden": "true" });
  const words = h("div.xai-stage-words", { hidden: true });
  const layers = h("div.xai-layers", base, overlay, words);
  const stage = h("div.xai-stage", layers);

  /** @param {Picture} picture @param {string} name for those who do not see it */
  function show(picture, name) {
    paintPicture(base, picture);
    base.setAttribute("aria-label", `${name}, ${sizeOf(picture)}`);
    showWords(picture);
    if (picture.words?.length) return;
    stage.style.aspectRatio = `${picture.width} / ${picture.height}`;
    const widest = largest ? `${largest}px` : "var(--picture)";
    stage.style.maxWidth = `calc(${Math.min(1, picture.width / picture.height)} * ${widest})`;
  }

  /** A sentence is written over its strip, which is as wide as there is room. @param {Picture} picture */
  function showWords({ words: written = [] }) {
    words.hidden = !written.length;
    stage.classList.toggle("xai-stage-of-words", written.length > 0);
    if (written.length) Object.assign(stage.style, { aspectRatio: "", maxWidth: "" });
    fillList(
      words,
      written,
      () => h("span"),
      (element, word) => void (element.textContent = word),
    );
  }
  return { stage, layers, base, overlay, words, show };
}
