import { h, setDisabled } from "../../ui/dom.js";
import { percent, short } from "../../lib/numbers.js";
import { createLinePlot } from "../../ui/plot/line-plot.js";
import { nearest } from "../../ui/plot/scale.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { ShownSweep } from "../../schema/explorer/output.js" */
/** @import { Marks, Plot } from "../../ui/plot/scale.js" */

/**
 * What is swept: how it is called, its axis, and the size that changes nothing.
 * @type {Record<ShownSweep["edit"], [string, string, number]>}
 */
const EDITS = {
  rotate: ["Rotation", "degrees, anticlockwise", 0],
  scale: ["Size", "times as large", 1],
  noise: ["Noise", "standard deviation of the noise", 0],
  brighten: ["Brightness", "brighter by", 0],
};
const HEIGHT = 180;

/**
 * One edit in many sizes, as curves of the classes; a click makes the edit.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function sweepView(model, el, signal) {
  const names = Object.entries(EDITS).map(([value, [name]]) => h("option", { value }, name));
  const edit = h("select.xai-sweep-edit", { "aria-label": "What to sweep" }, ...names);
  const start = h(
    "button.xai-button",
    {
      title: "show the network the picture in many sizes of one edit; each is one evaluation",
      onclick: () => model.command("sweep", { edit: edit.value }),
    },
    "Sweep",
  );
  const size = h("input.xai-sweep-size", {
    type: "range",
    "aria-label": "Size of the edit",
    min: 0,
    step: 1,
    oninput: () => go(size.valueAsNumber),
  });
  const said = h("output.xai-label");
  const plot = createLinePlot(HEIGHT, signal, (x) => (picked = x), true);
  const result = h("div.xai-sweep-result", plot.root, h("div.xai-group-row", size, said));
  const root = h(
    "details.xai-moving.xai-sweep",
    h("summary.xai-button", { title: "one edit in many sizes, and what the network makes of each" }, "Sweep"),
    h("div.xai-group-row", edit, start),
    result,
  );
  el.append(root);
  const swept = () => model.get("sweep");
  let goal = -1;
  /** Where the pointer was last while it pressed: an edit makes room for a picture, and moves the plot under it. */
  let picked = /** @type {number | null} */ (null);

  /** @param {number} place among the sizes */
  function go(place) {
    const value = swept()?.values[place];
    if (value === undefined || place === goal || !swept()?.classes.length) return;
    goal = place;
    model.command("sweep_to", { value });
  }

  model.watch(["sweep"], () => {
    const sweep = swept();
    const isRunning = Boolean(sweep && !sweep.classes.length);
    setDisabled(start, isRunning);
    start.textContent = isRunning ? "Sweeping…" : "Sweep";
    result.hidden = !sweep?.classes.length;
    if (!sweep?.classes.length) return;
    const here = sweep.value ?? EDITS[sweep.edit][2];
    goal = nearest(sweep.values, here);
    size.max = String(sweep.values.length - 1);
    size.value = String(goal);
    said.textContent = `${EDITS[sweep.edit][0]}: ${short(here)} ${EDITS[sweep.edit][1]}`;
    size.setAttribute("aria-valuetext", said.textContent);
    plot.show(plotOf(sweep));
  });
  plot.root.addEventListener("pointerup", () => {
    if (picked !== null) go(nearest(swept()?.values ?? [], picked));
    picked = null;
  });
}

/** @param {ShownSweep} sweep that has curves @returns {Plot & Marks} */
export function plotOf({ edit, values, value, classes }) {
  const [name, axis, none] = EDITS[edit];
  const place = nearest(values, value ?? none);
  return {
    label: `${name} from ${short(values[0])} to ${short(values.at(-1))}. ${classes.map(range).join("; ")}.`,
    x: { name: axis, domain: [values[0], values.at(-1) ?? 1], format: short },
    y: { name: "probability", domain: [0, 1], format: (share) => percent(share, 0) },
    lines: classes.map(({ label, probability }, i) => ({
      name: label,
      kind: `series-${i + 1}`,
      x: values,
      y: probability,
      dashed: i > 0,
    })),
    markers: classes.map(({ probability }, i) => ({
      x: values[place],
      y: probability[place],
      kind: `series-${i + 1}`,
    })),
  };
}

/** @param {ShownSweep["classes"][number]} curve */
const range = ({ label, probability }) =>
  `${label}: ${percent(Math.min(...probability))} to ${percent(Math.max(...probability))}`;
