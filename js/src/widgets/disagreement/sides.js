import { h } from "../../ui/dom.js";
import { percent } from "../../lib/numbers.js";
import { createFigure } from "../../ui/figure.js";
import { captionText } from "./text.js";

/** @import { DisagreementBinding } from "./types.js" */
/** @import { CellMap } from "../../lib/maps.js" */
/** @import { ShownDisagreement } from "../../schema/disagreement/output.js" */

const OPACITY = 0.75;
/** @type {import("../../ui/paint-map.js").Look} */
const LOOK = { range: 1, look: "cells", hatching: false };

/**
 * What each network says of the picture, and its map over it; both maps have one colour range.
 * @param {DisagreementBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function sidesView(model, el, signal) {
  const caption = h("p.xai-label");
  const columns = [0, 1].map((side) => {
    const said = h("h3.xai-disagreement-said");
    const figure = createFigure(
      () => `the picture with the map of network ${side + 1}`,
      signal,
      () => undefined,
    );
    return { said, figure, root: h("section.xai-disagreement-side", said, figure.stage) };
  });
  // A map hides what it lies over, and whoever judges has to see it.
  const alone = createFigure(
    () => "the picture",
    signal,
    () => undefined,
  );
  const plain = h("section.xai-disagreement-side", h("h3", "The picture"), alone.stage);
  el.append(
    h("div.xai-disagreement-sides", { "data-export": "" }, plain, ...columns.map(({ root }) => root)),
    caption,
  );
  model.watch(["disagreement"], () => {
    const shown = model.get("disagreement");
    caption.textContent = shown ? captionText(shown) : "";
    plain.hidden = !shown;
    if (shown) alone.draw({ picture: shown.picture, map: null, look: LOOK, opacity: 0 });
    columns.forEach(({ said, figure, root }, side) => {
      root.hidden = !shown;
      if (!shown) return;
      const { network, label, probability } = shown.sides[side];
      said.textContent = `${side + 1}  ${network}: ${label}, ${percent(probability, 0)}`;
      root.setAttribute("aria-label", said.textContent);
      figure.draw({
        picture: shown.picture,
        map: mapOf(shown, side),
        look: { ...LOOK, range: shown.range },
        opacity: OPACITY,
      });
    });
    if (shown) model.acknowledge(shown.frame);
  });
}

/** @param {ShownDisagreement} shown @param {number} side @returns {CellMap} */
function mapOf({ sides, row_edges: rowEdges, column_edges: columnEdges, picture }, side) {
  const { cells } = sides[side];
  const [rows, columns] = cells.shape;
  return {
    values: cells,
    errors: new Float32Array(cells.length),
    rows,
    columns,
    rowEdges,
    columnEdges,
    window: [0, 0, picture.height, picture.width],
  };
}
