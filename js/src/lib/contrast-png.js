import { drawKeys, keyWidth, plate, seen, textOf } from "./plot-png.js";
import { drawScaled, FONT, LINE, MARGIN, pngOf, wrap } from "./png.js";

const PANEL = 300;

/**
 * What is seen of a contrast: the question, the figures, the plots with their legends, the ledger.
 * @param {HTMLElement} root
 * @returns {Promise<Blob>}
 */
export async function contrastPng(root) {
  const figures = seen(root, ".xai-figure");
  if (!figures.length) throw new Error("there is no picture yet");
  const plots = await Promise.all(seen(root, ".xai-plots .xai-plot").map(plate));
  const canvas = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.font = FONT;
  const widths = plots.flatMap((plot) => [plot.width, plot.keys.reduce((sum, { text }) => sum + keyWidth(context, text), 0)]);
  const width = Math.ceil(2 * MARGIN + Math.max(figures.length * (PANEL + MARGIN) - MARGIN, ...widths));
  const entries = seen(root, ".xai-ledger > div").map((entry) => [...entry.children].map(textOf).join(" "));
  const ledger = wrap(context, entries.join(", "), width - 2 * MARGIN);
  const figuresTop = MARGIN + 2 * LINE;
  const plotsTop = figuresTop + PANEL + 3 * LINE;
  canvas.width = width;
  canvas.height = plotsTop + plots.reduce((sum, plot) => sum + plot.height + 2 * LINE, 0) + ledger.length * LINE + MARGIN;

  const { backgroundColor, color } = getComputedStyle(root);
  context.fillStyle = backgroundColor;
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = FONT.replace("14px", "bold 18px");
  context.fillStyle = color;
  context.fillText(textOf(seen(root, ".xai-question")[0]), MARGIN, MARGIN + LINE / 2);
  context.font = FONT;
  figures.forEach((figure, i) => drawFigure(context, figure, MARGIN + i * (PANEL + MARGIN), figuresTop));
  let y = plotsTop;
  for (const { image, height, keys } of plots) {
    context.drawImage(image, MARGIN, y);
    drawKeys(context, keys, y + height + 0.75 * LINE, color);
    y += height + 2 * LINE;
  }
  context.fillStyle = color;
  ledger.forEach((line, i) => context.fillText(line, MARGIN, y + (i + 0.5) * LINE));
  return pngOf(canvas);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {HTMLElement} figure
 * @param {number} x
 * @param {number} y
 */
function drawFigure(context, figure, x, y) {
  context.fillText(textOf(figure.querySelector("figcaption") ?? undefined), x, y, PANEL);
  const badge = /** @type {HTMLElement | null} */ (figure.querySelector(".xai-badge:not([hidden])"));
  const caption = [figure.querySelector(".xai-caption"), badge].flatMap((part) => part?.textContent || []).join("; ");
  context.fillText(caption, x, y + PANEL + 1.5 * LINE, PANEL);
  context.save();
  context.translate(x, y + LINE / 2);
  for (const canvas of figure.querySelectorAll("canvas")) {
    if (canvas.hidden) continue;
    const scale = PANEL / Math.max(canvas.width, canvas.height);
    context.globalAlpha = Number(getComputedStyle(canvas).opacity);
    drawScaled(context, canvas, { height: canvas.height * scale, width: canvas.width * scale });
  }
  context.restore();
}
