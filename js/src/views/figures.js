import { h, fillList } from "../lib/dom.js";
import { cellMapOf, colourRange } from "../lib/maps.js";
import { isUncertain } from "../lib/colour.js";
import { short, signed, percent } from "../lib/numbers.js";
import { createFigure } from "./figure.js";
import { predictionRow, fillPredictionRow } from "./prediction.js";

/** @import { Binding } from "../lib/binding.js" */
/** @import { Prediction } from "../lib/types.js" */
/** @import { CellMap } from "../lib/maps.js" */
/** @import { Figure, FigureState } from "./figure.js" */

const SHOWN_CLASSES = 5;

/**
 * The picture with its map; after a what-if edit the unedited one stands beside it, on the same colours.
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 * @returns {Figure} the one that answers the current question
 */
export function figuresView(model, el, signal) {
  const before = createFigure("picture before the edits", signal, () => {});
  const after = createFigure("picture", signal, acknowledge(model));
  const panels = {
    before: panel("before", before),
    after: panel("after", after),
  };
  const change = h("p", { class: "xai-change" });
  const figures = h("div", { class: "xai-figures" }, panels.before.root, panels.after.root);
  el.append(figures, change);

  /** @type {{before: CellMap | null, after: CellMap | null}} */
  const maps = { before: null, after: null };

  model.watch(["picture", "original", "attribution", "attribution_before", "opacity", "color_range"], () => {
    maps.before = cellMapOf(model.get("attribution_before"));
    maps.after = cellMapOf(model.get("attribution"));
    const look = { range: colourRange(model), opacity: model.get("opacity") };
    const compared = model.get("original") !== null;
    figures.classList.toggle("xai-compared", compared);
    panels.before.root.hidden = !compared;
    panels.after.compare(compared);
    after.draw({ picture: model.get("picture"), map: maps.after, ...look });
    if (compared) before.draw({ picture: model.get("original"), map: maps.before, ...look });
    pointOut();
  });

  model.watch(["trail", "picture", "original", "attribution"], () => {
    const window = model.get("trail").at(-1) ?? null;
    after.shadeOutside(window);
    before.shadeOutside(window);
    const answered = model.get("attribution")?.window;
    const [top = 0, left = 0, height = 0, width = 0] = answered ?? [];
    const picture = model.get("picture");
    const asked = window ?? [0, 0, picture?.height ?? 0, picture?.width ?? 0];
    const stale = Boolean(answered) && ![top, left, height, width].every((value, i) => value === asked[i]);
    for (const figure of [before, after]) figure.overlay.classList.toggle("xai-stale", stale);
  });

  model.watch(["prediction", "prediction_before", "original"], () => {
    const compared = model.get("original") !== null;
    panels.before.predict(compared ? model.get("prediction_before") : null);
    panels.after.predict(compared ? model.get("prediction") : null);
    change.textContent = compared ? describeChange(model.get("prediction_before"), model.get("prediction")) : "";
    change.hidden = !change.textContent;
  });

  function pointOut() {
    const { hover } = model.view;
    after.pointOut(hover, hover && maps.after ? describeCell(maps.after, hover) : "");
    before.pointOut(hover, hover && maps.before ? describeCell(maps.before, hover) : "");
  }
  model.watchView(["hover"], pointOut);
  for (const figure of [before, after]) followPointer(model, figure, signal);
  return after;
}

/**
 * Tells the kernel once per frame of the map that it has reached the screen.
 * @param {Binding} model
 * @returns {(state: FigureState) => void}
 */
function acknowledge(model) {
  let last = -1;
  return ({ map }) => {
    const frame = model.get("attribution")?.frame;
    if (model.isStatic || !map || frame === undefined || frame === last) return;
    last = frame;
    // What is drawn in one animation frame is on the screen by the next.
    requestAnimationFrame(() => model.painted(frame));
  };
}

/**
 * @param {string} title
 * @param {Figure} figure
 */
function panel(title, figure) {
  const caption = h("figcaption", {}, title);
  const classes = h("ul", { class: "xai-predictions", "aria-label": `top classes ${title} the edits` });
  const root = h("figure", { class: `xai-figure xai-${title}` }, caption, figure.stage, classes);

  /** @param {Prediction | null} prediction */
  function predict(prediction) {
    const rows = prediction?.top.slice(0, SHOWN_CLASSES) ?? [];
    fillList(classes, rows, () => predictionRow(h("li")), fillPredictionRow);
    classes.hidden = rows.length === 0;
  }

  /** @param {boolean} compared */
  function compare(compared) {
    caption.hidden = !compared;
  }
  return { root, predict, compare };
}

/** @param {Prediction | null} before @param {Prediction | null} after */
function describeChange(before, after) {
  const [from, to] = [before?.target, after?.target];
  if (!from || !to || from.index !== to.index) return "";
  const points = 100 * (to.probability - from.probability);
  const sign = points > 0 ? "+" : points < 0 ? "−" : "";
  return (
    `${to.label}: ${percent(from.probability)} → ${percent(to.probability)} ` +
    `(${sign}${Math.abs(points).toFixed(1)} points; logit ${short(from.logit)} → ${short(to.logit)})`
  );
}

/** @param {CellMap} map @param {{row: number, column: number}} cell */
function describeCell(map, { row, column }) {
  if (row >= map.rows || column >= map.columns) return "";
  const at = row * map.columns + column;
  const doubt = isUncertain(map.values[at], map.errors[at]) ? ", sign not certain" : "";
  return `${signed(map.values[at])} ± ${short(map.errors[at])}${doubt}`;
}

/**
 * @param {Binding} model
 * @param {Figure} figure
 * @param {AbortSignal} signal
 */
function followPointer(model, figure, signal) {
  /** @param {{row: number, column: number} | null} hover */
  const setHover = (hover) => {
    const old = model.view.hover;
    if (old?.row !== hover?.row || old?.column !== hover?.column) model.setView({ hover });
  };
  figure.stage.addEventListener(
    "pointermove",
    (event) => setHover(event.buttons ? null : figure.cellOf(event)),
    { signal },
  );
  figure.stage.addEventListener("pointerleave", () => setHover(null), { signal });
}
