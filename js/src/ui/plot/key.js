import { h } from "../dom.js";

/**
 * A drawing with what its lines mean.
 * @param {...(Node | string)} parts
 */
export const plotFigure = (...parts) => h("figure.xai-plot", { "data-export": "" }, ...parts);

/**
 * A line and what it means.
 * @param {string} kind of the line, which gives its colour
 * @param {boolean} dashed
 * @param {...(Node | string)} text
 */
export const key = (kind, dashed, ...text) =>
  h("span", { class: `xai-key xai-${kind}${dashed ? " xai-dashed" : ""}` }, ...text);
