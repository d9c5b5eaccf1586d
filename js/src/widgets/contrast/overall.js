import { h, oncePerFrame, setDisabled } from "../../ui/dom.js";
import { automaticRange } from "../../lib/colour.js";
import { count, percent } from "../../lib/numbers.js";
import { paintChange } from "../../ui/paint.js";
import { createSmoothing, createStage } from "../../ui/stage.js";
import { differenceOf } from "./frames.js";
import { windowOf } from "./mask.js";

/** @import { ContrastBinding } from "./types.js" */
/** @import { ShownOverall, ShownStamp } from "../../schema/contrast/output.js" */
/** @import { IntervalEstimate } from "../../schema/shared.js" */

const LARGEST = 260;

/**
 * What the changes of all pictures have in common; a window of it is stamped on others, and counted.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function overallView(model, el, signal) {
  const parts = createStage(LARGEST);
  const { stage, layers, overlay, show } = parts;
  const smooth = createSmoothing(parts, signal);
  const frame = h("div.xai-stamp-window", { hidden: true });
  layers.append(frame);
  stage.classList.add("xai-mask-stage");
  const [caption, result] = [h("p.xai-caption"), h("p.xai-stamp-result", { "aria-live": "polite" })];
  const none = h("button.xai-button.xai-live", { onclick: () => model.set({ stamp: [] }) }, "No window");
  const root = h(
    "div.xai-overall",
    { "data-export": "" },
    h("h3", "All pictures"),
    h("div.xai-impose", h("div", stage, none), h("div", caption, result)),
  );
  el.append(root);
  /** @type {[number, number, number, number] | null} */
  let drawing = null;

  const draw = oncePerFrame(() => {
    const overall = model.get("all_pictures") ? model.get("overall") : null;
    root.hidden = !overall;
    if (signal.aborted || !overall) return;
    show(overall.picture, "the mean of all pictures");
    const change = differenceOf(overall, model.get("channel"));
    const values = Float32Array.from(change.values, (value) => value * change.scale).filter(Boolean);
    paintChange(overlay, change, automaticRange([values]));
    overlay.style.setProperty("--xai-map-opacity", String(model.get("opacity")));
    smooth();
    caption.textContent = overallText(overall);
    const window = drawing ?? /** @type {[number, number, number, number]} */ (model.get("stamp"));
    frame.hidden = !window.length;
    if (window.length) place(frame, window, overall.picture);
    const stamped = model.get("stamp").length ? model.get("stamped") : null;
    result.textContent = stamped
      ? stampText(stamped, overall.probe_label)
      : "Drag a window over it, to stamp what it holds on the pictures.";
    setDisabled(none, !model.get("stamp").length);
  });
  model.watch(["all_pictures", "overall", "stamp", "stamped", "opacity", "channel"], draw);
  if (model.isStatic) return;

  /** @type {[number, number] | null} */
  let from = null;
  /** @param {PointerEvent} event @returns {[number, number]} */
  const measure = (event) => {
    const { height, width } = model.get("overall")?.picture ?? { height: 1, width: 1 };
    const box = stage.getBoundingClientRect();
    return [
      ((event.clientY - box.top) / box.height) * height,
      ((event.clientX - box.left) / box.width) * width,
    ];
  };
  stage.addEventListener("pointerdown", (event) => {
    if (event.button || !event.isPrimary || !model.get("overall")) return;
    stage.setPointerCapture(event.pointerId);
    event.preventDefault();
    from = measure(event);
  });
  stage.addEventListener("pointermove", (event) => {
    const overall = model.get("overall");
    if (!from || !overall) return;
    drawing = windowOf(from, measure(event), overall.picture);
    draw();
  });
  const end = () => {
    if (drawing) model.set({ stamp: drawing });
    [from, drawing] = [null, null];
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
}

/** @param {HTMLElement} frame @param {readonly number[]} window @param {{height: number, width: number}} picture */
function place(frame, [top, left, height, width], picture) {
  Object.assign(frame.style, {
    top: `${(100 * top) / picture.height}%`,
    left: `${(100 * left) / picture.width}%`,
    height: `${(100 * height) / picture.height}%`,
    width: `${(100 * width) / picture.width}%`,
  });
}

/** @param {ShownOverall} overall */
export const overallText = ({ count: all, reached, probe_label: probe }) =>
  `the mean change to ${probe} of ${count(all)} ${all === 1 ? "picture" : "pictures"}, ${count(reached)} ` +
  `at the boundary; each counts the same`;

/** @param {IntervalEstimate} share */
const shareText = ({ value, low, high }) => `${percent(value)} (${percent(low)} to ${percent(high)})`;

/** Says no more than the intervals. @param {ShownStamp} stamped @param {string} probe */
export function stampText({ count: all, before, after, control, apart }, probe) {
  const told = after.low > before.high && after.low > control.high;
  const which = apart ? "other pictures" : "pictures, those of the mean,";
  return (
    `With what the window holds ${shareText(after)} of ${count(all)} ${which} are seen as ${probe}; ` +
    `without it ${shareText(before)}, with the same elsewhere ${shareText(control)}. ` +
    (told ? "The window does it." : "That is not told from doing nothing.")
  );
}
