import { fillList, h } from "../../ui/dom.js";
import { fillPredictionRow, predictionRow } from "../../ui/prediction.js";
import { leading } from "./text.js";

/** @import { GeneratorLabBinding } from "./types.js" */

const MOST = 8;

/**
 * What the network says of the moved picture, and said before.
 * @param {GeneratorLabBinding} model
 * @param {HTMLElement} el
 */
export function scoresView(model, el) {
  const rows = h("div.xai-classes");
  const none = h("p.xai-label", "Give a network as model, and its class scores follow the sliders.");
  el.append(h("h3", "Classes"), none, rows);
  model.watch(["moved", "classes"], () => {
    const moved = model.get("moved");
    const classes = model.get("classes");
    none.hidden = Boolean(classes.length);
    if (!moved || !moved.after.length) return rows.replaceChildren();
    const { before, after } = moved;
    const shown = leading(before, after, MOST);
    /** @param {ArrayLike<number>} shares @param {number} index */
    const score = (shares, index) => ({
      index,
      label: classes[index],
      probability: shares[index],
      logit: Math.log(shares[index]),
    });
    const top = shown.map((index) => score(before, index));
    const changed = before.some((share, i) => Math.abs(share - after[i]) > 1e-6);
    fillList(
      rows,
      shown,
      () => predictionRow(h("div")),
      (row, index) =>
        fillPredictionRow(row, score(after, index), false, changed ? { top, target: top[0] } : null),
    );
  });
}
