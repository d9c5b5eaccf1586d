import { h, setDisabled } from "../../ui/dom.js";
import { createFigure } from "../../ui/figure.js";
import { rateBar } from "../../ui/rate-bar.js";

/** @import { PoisonBinding } from "./types.js" */
/** @import { CellMap } from "../../lib/maps.js" */
/** @import { ShownTrigger, ShownWindow } from "../../schema/poison/output.js" */

/**
 * The join of the chosen minus the join of ordinary pictures, and what each window does.
 * @param {PoisonBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function triggerView(model, el, signal) {
  const button = h(
    "button.xai-button.xai-live",
    {
      title: "Explains suspects and ordinary pictures, and tries the windows where they differ most",
      onclick: () => model.command("find_trigger"),
    },
    "Find the trigger",
  );
  const figure = createFigure(
    () => "the mean of the suspects",
    signal,
    () => undefined,
  );
  const caption = h("p.xai-label");
  const windows = h("div.xai-poison-windows");
  const shown = h("div", { "data-export": "" }, figure.stage, caption, windows);
  el.append(h("h3", "Where is the trigger?"), button, shown);

  model.watch(["trigger"], () => {
    const trigger = model.get("trigger");
    shown.hidden = !trigger;
    if (!trigger) return;
    const { suspects } = trigger;
    caption.textContent =
      `Join of ${suspects} suspects minus join of ordinary pictures: red is where ` +
      `suspects say more for the class. Windows are proposed by it alone.`;
    figure.draw({
      picture: trigger.picture,
      map: mapOf(trigger),
      look: { range: rangeOf(trigger), look: "cells", hatching: false },
      opacity: 0.75,
    });
    windows.replaceChildren(...trigger.windows.map(windowRow));
  });
  model.watch(["selection", "poisoned", "status"], () => {
    setDisabled(
      button,
      !(model.get("selection").length || model.get("poisoned").length) ||
        model.get("status").state === "running",
    );
  });
}

/** @param {ShownWindow} shown */
function windowRow({
  name,
  control,
  paste_rate: paste,
  paste_control: pasteControl,
  erase_rate: erase,
  erase_control: eraseControl,
}) {
  return h(
    "section.xai-poison-window",
    { "aria-label": `Window ${name}` },
    h("h4", control ? `${name}, where the maps differ least` : name),
    rateBar("pasted, turns", paste),
    rateBar("of ordinary ones", pasteControl, true),
    rateBar("erased, frees", erase),
    rateBar("ordinary ones", eraseControl, true),
  );
}

/** @param {ShownTrigger} trigger @returns {CellMap} */
function mapOf({ difference, row_edges: rowEdges, column_edges: columnEdges, picture }) {
  const [rows, columns] = difference.shape;
  return {
    values: difference,
    errors: new Float32Array(difference.length),
    rows,
    columns,
    rowEdges,
    columnEdges,
    window: [0, 0, picture.height, picture.width],
  };
}

/** @param {ShownTrigger} trigger */
const rangeOf = ({ difference }) =>
  difference.reduce((most, value) => Math.max(most, Math.abs(value)), 0) || 1;
