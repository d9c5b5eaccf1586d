import { colourRange } from "./maps.js";
import { count, duration, short } from "./numbers.js";
import { paintMap } from "./paint.js";
import { drawColourBar, drawPicture, FONT, LINE, MARGIN, pngOf, sizeOf, wrap } from "./png.js";

/** @import { ExplorerBinding } from "./explorer-types.js" */
/** @import { Picture, WindowBox } from "./types.js" */
/** @import { CellMap } from "./maps.js" */

const SIDE = 560;

/** @typedef {{title: string, picture: Picture, map: CellMap | null}} Plate */

/**
 * The pictures with their maps, the colour bar, and the query that gives them.
 * @param {ExplorerBinding} model
 * @returns {Promise<Blob>}
 */
export async function explorerPng(model) {
  const plates = platesOf(model);
  if (!plates.length) throw new Error("there is no picture yet");
  const sizes = plates.map(({ picture }) => sizeOf(picture, SIDE));
  const top = MARGIN + (plates.length > 1 ? LINE : 0);
  const width = Math.max(420, sizes.reduce((sum, size) => sum + size.width + MARGIN, MARGIN));
  const pictureBottom = top + Math.max(...sizes.map(({ height }) => height));

  const canvas = document.createElement("canvas");
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.font = FONT;
  const caption = captionOf(model).flatMap((line) => wrap(context, line, width - 2 * MARGIN));
  canvas.width = width;
  canvas.height = pictureBottom + 60 + caption.length * LINE + MARGIN;

  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.font = FONT;
  const look = { range: colourRange(model), opacity: model.get("opacity"), line: 1 };
  let x = MARGIN;
  plates.forEach((plate, i) => {
    drawPlate(context, plate, x, top, sizes[i], look, model.get("trail").at(-1) ?? null, plates.length > 1);
    x += sizes[i].width + MARGIN;
  });
  if (model.view.shown.main.attribution) drawColourBar(context, MARGIN, pictureBottom + 14, Math.min(360, width - 2 * MARGIN), look);
  context.fillStyle = "#222";
  caption.forEach((line, i) => context.fillText(line, MARGIN, pictureBottom + 76 + i * LINE));
  return pngOf(canvas);
}

/**
 * @param {ExplorerBinding} model
 * @returns {Plate[]}
 */
function platesOf({ view: { shown } }) {
  return [shown.before, shown.main, ...shown.others].flatMap((figure) =>
    figure?.picture ? { title: figure.label || figure.title, picture: figure.picture, map: figure.map } : [],
  );
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Plate} plate
 * @param {number} x
 * @param {number} y
 * @param {{height: number, width: number}} size
 * @param {{range: number, opacity: number, line: number}} look
 * @param {WindowBox | null} window
 * @param {boolean} titled
 */
function drawPlate(context, { title, picture, map }, x, y, size, look, window, titled) {
  const scale = { x: size.width / picture.width, y: size.height / picture.height };
  context.fillStyle = "#222";
  if (titled) context.fillText(title, x, y - 8);
  context.save();
  context.translate(x, y);
  drawPicture(context, picture, size);
  if (map) paintMap(context, map, scale, look);
  if (window) drawWindow(context, window, scale, size);
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {WindowBox} window
 * @param {{x: number, y: number}} scale
 * @param {{height: number, width: number}} size
 */
function drawWindow(context, [top, left, height, width], scale, size) {
  const box = /** @type {const} */ ([left * scale.x, top * scale.y, width * scale.x, height * scale.y]);
  context.beginPath();
  context.rect(0, 0, size.width, size.height);
  context.rect(...box);
  context.fillStyle = "rgba(0, 0, 0, 0.5)";
  context.fill("evenodd");
  context.lineWidth = 2;
  context.strokeStyle = "#fff";
  context.strokeRect(...box);
}

/** @param {ExplorerBinding} model */
function captionOf(model) {
  const { main: { attribution: a }, reading } = model.view.shown;
  if (!a) return [model.get("query")];
  return [
    model.get("query"),
    ...(reading === "shapley" ? [] : [`Drawn: the ${reading} fit to the same coalitions. The numbers are those of the Shapley values.`]),
    `${a.output} of ${a.label}: sum of map ${short(a.sum)}, f(x) − f(baseline) ${short(a.difference)}, residual ${short(a.residual)}, ` +
      `standard error ${short(a.error)}; ${count(a.evaluations)} evaluations, ${duration(a.seconds)}, seed ${a.seed}, ${a.device}` +
      `${a.exact ? ", exact" : ""}${a.partial ? ", partial" : ""}. Hatched: sign not certain.`,
  ];
}
