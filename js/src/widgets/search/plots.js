import { h } from "../../ui/dom.js";
import { emptyText } from "./text.js";
import { createLinePlot } from "../../ui/plot/line-plot.js";
import { accuracyPlot, gainPlot, timePlot, withGhosts } from "./gain-plots.js";

/** @import { SearchBinding } from "./types.js" */

const GAIN_HEIGHT = 270;
const ACCURACY_HEIGHT = 170;

/**
 * What each trial has gained over the start, as they come in.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function searchPlots(model, el, signal) {
  const along = h(
    "select.xai-along",
    {
      "aria-label": "Along",
      onchange: () => model.setView({ along: along.value === "time" ? "time" : "trial" }),
    },
    h("option", { value: "trial" }, "per trial"),
    h("option", { value: "time" }, "over time"),
  );
  const heldOut = h("input.xai-held-out", {
    type: "checkbox",
    onchange: () => model.setView({ heldOut: heldOut.checked }),
  });
  const heldOutLabel = h("label.xai-check", heldOut, "Held-out accuracy");
  const gain = createLinePlot(GAIN_HEIGHT, signal, undefined, true);
  const accuracy = createLinePlot(ACCURACY_HEIGHT, signal, undefined, true);
  const title = h("h3", { title: "Gain: training accuracy beyond that of the start, in points" });
  const head = h("div.xai-plots-head", title, along, heldOutLabel);
  const empty = h("p.xai-no-gain.xai-label");
  const root = h("section.xai-plots", { "aria-label": "Gain" }, head, empty, gain.root, accuracy.root);
  el.append(root);

  const sayEmpty = () => {
    empty.textContent = emptyText(model.view.searches, model.get("status").state === "running");
    empty.hidden = !empty.textContent;
    head.hidden = gain.root.hidden = !empty.hidden;
  };
  model.watch(["status"], sayEmpty);
  model.watch(["ghosts"], () => model.setView({ searches: model.view.searches }));
  model.watchView(["searches", "along", "heldOut"], () => {
    const { view } = model;
    sayEmpty();
    const known = view.searches.some(({ baseline }) => baseline.held_out_accuracy !== null);
    title.textContent = view.along === "time" ? "Best gain so far" : "Gain over the start";
    along.value = view.along;
    heldOut.checked = view.heldOut;
    heldOutLabel.hidden = !known;
    accuracy.root.hidden = !known || !view.heldOut || !empty.hidden;
    gain.show(view.along === "time" ? timePlot(view) : withGhosts(gainPlot(view), model.get("ghosts")));
    if (!accuracy.root.hidden) accuracy.show(accuracyPlot(view));
    model.acknowledge(Math.max(-1, ...view.searches.map(({ frame }) => frame)));
  });
}
