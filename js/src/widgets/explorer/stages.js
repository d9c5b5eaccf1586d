import { h, fillList, setAttribute, setBlocked } from "../../ui/dom.js";
import { percent, short } from "../../lib/numbers.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { ShownStage } from "../../schema/explorer/output.js" */

/**
 * What each layer says of the picture, in a column of its own; a click goes there.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function stagesView(model, el) {
  const list = h("ol.xai-layer-strip", { "aria-label": "What each layer says" });
  el.append(list);

  /** @param {number} position */
  function create(position) {
    const go = h(
      "button.xai-selectable",
      {
        onclick: () => model.set({ layer: model.get("stages")[position].layer }),
      },
      h("span.xai-label"),
      h("strong"),
      h("span"),
      h("em"),
    );
    return h("li", go);
  }

  model.watch(["stages", "layer", "blocked"], () => {
    const [layer, reason] = [model.get("layer"), model.get("blocked").layer];
    const columns = columnsOf(model.get("stages"));
    list.hidden = columns.length < 2;
    fillList(list, columns, create, (item, column) => {
      const go = /** @type {HTMLElement} */ (item.firstElementChild);
      const [name, label, score, mark] = go.children;
      name.textContent = column.layer ?? "whole network";
      label.textContent = column.label;
      score.textContent = column.score;
      mark.textContent = column.differs ? "≠ differs" : "";
      setAttribute(go, "aria-pressed", String(column.layer === layer));
      setBlocked(go, column.layer === null ? undefined : reason, titleOf(column));
    });
  });
}

/**
 * @typedef {object} Column
 * @property {string | null} layer null: the whole network
 * @property {string} label its top class
 * @property {string} score of that class; a probability only where it is one
 * @property {boolean} differs whether the whole network says another class
 */

/** @param {readonly ShownStage[]} stages the whole network last @returns {Column[]} */
export function columnsOf(stages) {
  const whole = stages.at(-1)?.prediction.top[0].index;
  return stages.map(({ layer, prediction }) => {
    const [{ index, label, probability, logit }] = prediction.top;
    const score = layer === null ? percent(probability) : `score ${short(logit)}`;
    return { layer, label, score, differs: index !== whole };
  });
}

/** @param {Column} column */
function titleOf({ layer, label, differs }) {
  if (layer === null) return `the whole network says ${label}`;
  const other = differs ? ", and the whole network another class" : ", as the whole network does";
  return `the network truncated at ${layer} says ${label}${other}`;
}
