import { NEURON } from "../../schema/neuron/state.js";
import { gridOf } from "../../lib/mask.js";
import { explainRow } from "../../ui/controls.js";
import { fillList, h, oncePerFrame, setAttribute, setDisabled } from "../../ui/dom.js";
import { fold } from "../../ui/fold.js";
import { maskPainter } from "../../ui/mask-painter.js";
import { paintPicture } from "../../ui/paint.js";
import { rateBar } from "../../ui/rate-bar.js";
import { createSmoothing, createStage, nameOverlay } from "../../ui/stage.js";
import { percent } from "../../lib/numbers.js";
import { dissectionText, medianOf, mostCovering } from "./text.js";
import { numberField } from "../../ui/number-field.js";

/** @import { Picture } from "../../lib/types.js" */
/** @import { ShownDissection } from "../../schema/neuron/output.js" */
/** @import { NeuronBinding } from "./types.js" */

const SIDE = 260;
const BEST = 5;
const OPACITY = 0.6;

/** A concept painted on pictures, and which units are active there. */
export const drawnView = fold("xai-neuron-drawn", "A concept painted by hand", (model, el, signal) => {
  const root = h("div.xai-neuron-drawn");
  el.append(root);
  painting(model, root, signal);
  answer(model, root);
});

/**
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
function painting(model, el, signal) {
  const parts = createStage(SIDE);
  const { stage, overlay, show } = parts;
  const smooth = createSmoothing(parts, signal);
  overlay.classList.add("xai-painted");
  const erase = h("input", { type: "checkbox" });
  const clear = h("button.xai-button", { onclick: () => send([]) }, "Clear this picture");
  const list = h("div.xai-neuron-painted", { role: "group", "aria-label": "Painted pictures" });
  el.append(
    h(
      "div",
      h(
        "p.xai-label",
        "Paint where it is on the watched picture; a click on a favourite above watches another.",
      ),
      stage,
      h("div.xai-switches.xai-live", h("label.xai-check", erase, "Erase"), clear),
      list,
    ),
  );
  const cells = () =>
    model.get("paintings").find(({ picture }) => picture === model.get("index"))?.cells ?? [];
  const paint = (/** @type {ArrayLike<number>} */ painted) =>
    paintCells(overlay, painted, /** @type {Picture} */ (model.get("watched")?.picture));
  const draw = oncePerFrame(() => {
    const picture = model.get("watched")?.picture;
    if (signal.aborted || !picture?.data.byteLength) return;
    show(picture, `picture ${model.get("index")}`);
    paint(cells());
    smooth();
    setDisabled(clear, !cells().length);
  });
  model.watch(["watched", "paintings"], draw);
  const send = (/** @type {number[]} */ painted) =>
    model.command("draw", { picture: model.get("index"), cells: painted });

  const create = () => {
    const button = h("button.xai-selectable", h("canvas", { "aria-hidden": "true" }));
    const watch = () => model.set({ index: Number(button.dataset.picture) });
    button.addEventListener("click", watch);
    return button;
  };
  model.watch(["paintings", "index"], () =>
    fillList(list, model.get("paintings"), create, (button, { picture, thumbnail }) => {
      button.dataset.picture = String(picture);
      if (thumbnail.data.byteLength)
        paintPicture(/** @type {HTMLCanvasElement} */ (button.firstElementChild), thumbnail);
      button.title = `Picture ${picture}: a click watches it`;
      setAttribute(button, "aria-label", `picture ${picture}, painted`);
      setAttribute(button, "aria-pressed", String(picture === model.get("index")));
    }),
  );
  if (model.isStatic) return;
  maskPainter(stage, {
    picture: () => (model.view.kernel === "gone" ? null : (model.get("watched")?.picture ?? null)),
    cells: () => Array.from(cells()),
    isErasing: () => erase.checked,
    draw: paint,
    onPainted: send,
  });
}

/**
 * @param {NeuronBinding} model
 * @param {HTMLElement} el
 */
function answer(model, el) {
  const button = h(
    "button.xai-button.xai-live",
    { onclick: () => model.command("dissect") },
    "Which units are active there?",
  );
  const settings = h("div.xai-settings.xai-live");
  numberField(model, settings, NEURON.quantile);
  explainRow(settings, NEURON.quantile);
  const [bars, text] = [h("div.xai-neuron-iou"), h("p.xai-neuron-dissection")];
  const best = h("div.xai-neuron-buttons", { role: "group", "aria-label": "Units that cover it best" });
  const shown = h("div", { "data-export": "" }, bars, text, best);
  el.append(h("div", settings, button, shown));

  const create = () => {
    const unit = h("button.xai-button", { onclick: () => model.set({ unit: Number(unit.dataset.unit) }) });
    return unit;
  };
  model.watch(["dissection"], () => {
    const dissection = model.get("dissection");
    shown.hidden = !dissection;
    if (!dissection) return;
    bars.replaceChildren(...barsOf(dissection));
    text.textContent = dissectionText(dissection);
    fillList(best, mostCovering(dissection.iou, BEST), create, (element, unit) => {
      element.dataset.unit = String(unit);
      element.textContent = `Unit ${unit}: ${percent(dissection.iou[unit], 0)}`;
      setAttribute(element, "aria-pressed", String(unit === dissection.unit));
    });
  });
  model.watch(["paintings", "status"], () =>
    setDisabled(button, !model.get("paintings").length || model.get("status").state === "running"),
  );
}

/** @param {ShownDissection} dissection */
function barsOf({ unit, iou, estimate, chance, best, best_estimate: bestEstimate }) {
  const alone = (/** @type {number} */ value) => ({ value, low: value, high: value });
  // Of few pictures there is no interval.
  const known = (/** @type {typeof estimate} */ each) =>
    Number.isFinite(each.low) && each.low !== null ? each : alone(each.value);
  return [
    rateBar(`unit ${unit}`, known(estimate)),
    rateBar("masks exchanged", chance === null ? null : alone(chance), true),
    rateBar("middle unit", alone(medianOf(iou)), true),
    ...(best === unit ? [] : [rateBar(`best, ${best}`, known(bestEstimate), true)]),
  ];
}

/**
 * What is painted is coloured.
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} cells
 * @param {Picture | undefined} picture
 */
function paintCells(canvas, cells, picture) {
  const context = canvas.getContext("2d");
  if (!picture || !context) return;
  const { rows, columns } = gridOf(picture);
  Object.assign(canvas, { width: columns, height: rows });
  context.globalAlpha = OPACITY;
  context.fillStyle = getComputedStyle(canvas).color;
  for (const cell of Array.from(cells)) context.fillRect(cell % columns, Math.floor(cell / columns), 1, 1);
  nameOverlay(canvas, `${cells.length} of ${rows * columns} cells are painted`);
}
