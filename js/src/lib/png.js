import { colourRange } from "./maps.js";
import { colourOf, cssColour } from "./colour.js";
import { paintMap, paintPicture, showsSquares } from "./paint.js";
import { count, duration, short, signed } from "./numbers.js";

/** @import { Picture, WindowBox } from "./types.js" */
/** @import { Binding } from "./binding.js" */
/** @import { CellMap } from "./maps.js" */

const SIDE = 560;
const MARGIN = 20;
const LINE = 20;
const FONT = "14px system-ui, sans-serif";

/** @typedef {{title: string, picture: Picture, map: CellMap | null}} Plate */

/**
 * The pictures with their maps, the colour bar, and the query that gives them.
 * @param {Binding} model
 * @returns {Promise<Blob>}
 */
export async function explorerPng(model) {
  const plates = platesOf(model);
  if (!plates.length) throw new Error("there is no picture yet");
  const sizes = plates.map(({ picture }) => sizeOf(picture));
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
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser made no picture"))), "image/png"),
  );
}

/**
 * @param {Binding} model
 * @returns {Plate[]}
 */
function platesOf({ view: { shown } }) {
  return [shown.before, shown.main, ...shown.others].flatMap((figure) =>
    figure?.picture ? { title: figure.label || figure.title, picture: figure.picture, map: figure.map } : [],
  );
}

/** @param {Picture} picture */
function sizeOf({ height, width }) {
  const scale = SIDE / Math.max(height, width);
  return { height: Math.round(height * scale), width: Math.round(width * scale) };
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
  const source = document.createElement("canvas");
  paintPicture(source, picture);
  const scale = { x: size.width / picture.width, y: size.height / picture.height };
  context.fillStyle = "#222";
  if (titled) context.fillText(title, x, y - 8);
  context.save();
  context.translate(x, y);
  context.imageSmoothingEnabled = !showsSquares(scale.x);
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, size.width, size.height);
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

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} width
 * @param {{range: number, opacity: number}} look
 */
function drawColourBar(context, x, y, width, { range, opacity }) {
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

/** @param {Binding} model */
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

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} width
 */
function wrap(context, text, width) {
  const lines = [""];
  for (const word of text.split(" ")) {
    const longer = lines[lines.length - 1] ? `${lines[lines.length - 1]} ${word}` : word;
    if (context.measureText(longer).width <= width || !lines[lines.length - 1]) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}
