import { h, setDisabled } from "../../ui/dom.js";
import { count, short } from "../../lib/numbers.js";
import { createTable } from "../../ui/table.js";
import { classesOf } from "./colours.js";
import { knownOf } from "./follow.js";

/** @import { VectorMapBinding } from "./types.js" */

const SHOWN = 25;

/**
 * The map for those who do not see it: each picture with its class and its place, class by class.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} el
 */
export function rowsView(model, el) {
  const heads = ["picture", "label", "predicted", "across", "up", "chosen"];
  const table = createTable("xai-map-rows", "The pictures, class by class", heads);
  const text = h("span.xai-label");
  /** @param {number} step */
  const turn = (step) => ({ onclick: () => model.setView({ row: model.view.row + step }) });
  const back = h("button.xai-button", turn(-SHOWN), "Back");
  const next = h("button.xai-button", turn(SHOWN), "Next");
  const pager = h("div.xai-map-doings", { role: "group", "aria-label": "Pages" }, back, next, text);
  el.append(table.root, pager);
  const fold = /** @type {HTMLElement} */ (el.closest("details") ?? el);

  function show() {
    const points = model.get("plane")?.points;
    // What is folded is written when it is folded out.
    if (!fold.hasAttribute("open") || !points) return;
    const order = orderOf(model);
    const from = Math.min(model.view.row, Math.max(0, order.length - 1));
    const [classes, labels, predicted] = [model.get("classes"), model.get("labels"), model.get("predicted")];
    const chosen = new Set(model.get("selection"));
    const name = (/** @type {ArrayLike<number> | null} */ of, /** @type {number} */ i) =>
      of ? (classes[of[i]] ?? String(of[i])) : "–";
    table.show(
      order.slice(from, from + SHOWN),
      (i) => [
        String(i),
        name(labels, i),
        name(predicted, i),
        short(points[2 * i]),
        short(points[2 * i + 1]),
        chosen.has(i) ? "chosen" : "",
      ],
      (i) => chosen.has(i),
    );
    text.textContent = `${count(from + 1)} to ${count(Math.min(from + SHOWN, order.length))} of ${count(order.length)}`;
    setDisabled(back, from === 0);
    setDisabled(next, from + SHOWN >= order.length);
  }
  fold.addEventListener("toggle", show);
  model.watchView(["row"], show);
  model.watch(["plane", "selection", "labels", "predicted", "classes", "colour"], show);
}

/** @param {VectorMapBinding} model @returns {number[]} pictures by class, and by number */
function orderOf(model) {
  const classes = classesOf(knownOf(model));
  const numbers = [...Array(model.get("count")).keys()];
  return classes ? numbers.sort((a, b) => classes[a] - classes[b] || a - b) : numbers;
}
