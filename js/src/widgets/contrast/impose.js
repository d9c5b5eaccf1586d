import { gridOf } from "../../lib/mask.js";
import { h, oncePerFrame, setDisabled } from "../../ui/dom.js";
import { maskPainter } from "../../ui/mask-painter.js";
import { percent } from "../../lib/numbers.js";
import { createLinePlot } from "../../ui/plot/line-plot.js";
import { createSmoothing, createStage } from "../../ui/stage.js";
import { between } from "./frames.js";

/** @import { ContrastBinding } from "./types.js" */
/** @import { ShownImposed } from "../../schema/contrast/output.js" */
/** @import { Picture } from "../../lib/types.js" */

const LARGEST = 260;
const HEIGHT = 170;

/**
 * Make the change by hand, inside of what one paints, and see what the classes do.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function imposeView(model, el, signal) {
  const parts = createStage(LARGEST);
  const { stage, overlay, show: showPicture } = parts;
  const smooth = createSmoothing(parts, signal);
  const erase = h("input.xai-erase", { type: "checkbox" });
  const clear = h(
    "button.xai-button.xai-live.xai-clear",
    { onclick: () => model.set({ mask: [] }) },
    "Clear",
  );
  const slider = h("input.xai-strength", {
    type: "range",
    min: -1,
    max: 2,
    step: 0.01,
    "aria-label": "Impose",
    title:
      "How much of the change is made inside of what is painted: 0 none, 100 % all, below 0 its opposite",
    oninput: () => impose(model, slider.valueAsNumber),
  });
  const caption = h("p.xai-caption");
  const plot = createLinePlot(HEIGHT, signal, (strength) => impose(model, strength));
  const shown = h(
    "div.xai-imposed",
    h("label.xai-setting", h("span.xai-label", "Impose"), slider),
    caption,
    h("div.xai-plots.xai-morph-plots", plot.root),
  );
  const hint = h("p.xai-label", "Paint on the picture: the change is made there alone.");
  const tools = h("div.xai-switches.xai-live", h("label.xai-check", erase, "Erase"), clear);
  const root = h("div.xai-impose", { "data-export": "" }, h("div", stage, tools), h("div", hint, shown));
  el.append(root);

  const draw = oncePerFrame(() => {
    if (signal.aborted) return;
    const picture = model.get("picture");
    root.hidden = !picture || !model.view.morph;
    if (!picture) return;
    const imposed = model.get("imposed");
    const strength = model.get("strength");
    showPicture(imposed ? pictureAt(imposed, strength, picture) : picture, "the change, imposed");
    paintMask(overlay, model.get("mask"), picture);
    smooth();
    shown.hidden = !imposed;
    hint.hidden = Boolean(imposed);
    setDisabled(clear, !model.get("mask").length);
    if (!imposed) return;
    slider.value = String(strength);
    caption.textContent = captionOf(model, imposed, strength);
    plot.show(curves(model, imposed));
    plot.point(strength);
  });
  model.watch(["picture", "imposed", "mask", "strength", "contrast", "classes"], draw);
  model.watchView(["morph"], draw);
  if (model.isStatic) return;
  maskPainter(stage, {
    picture: () => (model.view.kernel === "gone" ? null : model.get("picture")),
    cells: () => model.get("mask"),
    isErasing: () => erase.checked,
    draw: (cells) => paintMask(overlay, cells, /** @type {Picture} */ (model.get("picture"))),
    onPainted: (mask) => model.set({ mask }),
  });
}

/** @param {ContrastBinding} model @param {number} strength */
const impose = (model, strength) => model.set({ strength: Math.round(1e3 * strength) / 1e3 });

/**
 * What is not painted is veiled.
 * @param {HTMLCanvasElement} canvas
 * @param {readonly number[]} mask
 * @param {Picture} picture
 */
function paintMask(canvas, mask, picture) {
  const { rows, columns } = gridOf(picture);
  const pixels = new ImageData(columns, rows);
  if (mask.length) for (let i = 0; i < rows * columns; i += 1) pixels.data[4 * i + 3] = 130;
  for (const cell of mask) pixels.data[4 * cell + 3] = 0;
  canvas.width = columns;
  canvas.height = rows;
  canvas.getContext("2d")?.putImageData(pixels, 0, 0);
  canvas.setAttribute("aria-label", `${mask.length} of ${rows * columns} cells are painted`);
}

/** @param {ShownImposed} imposed @param {number} strength @param {Picture} picture @returns {Picture} */
function pictureAt({ strengths, frames }, strength, { height, width }) {
  const { below, share } = between(strengths, strength);
  const size = 3 * height * width;
  const [from, to] = [below, Math.min(below + 1, strengths.length - 1)].map((frame) =>
    frames.subarray(frame * size, (frame + 1) * size),
  );
  const data = Uint8Array.from(from, (value, i) => Math.round(value + share * (to[i] - value)));
  return { height, width, data };
}

/** @param {ContrastBinding} model @param {ShownImposed} imposed @param {number} strength */
function captionOf(model, { strengths, log_likelihoods: all }, strength) {
  const { below, share } = between(strengths, strength);
  const classes = all.shape[1];
  const row = all.subarray((below + Math.round(share)) * classes, (below + Math.round(share) + 1) * classes);
  const best = row.indexOf(Math.max(...row));
  const seen = `seen as ${model.get("classes")[best]}, ${percent(Math.exp(row[best]))}`;
  return `${percent(strength, 0)} of the change inside of what is painted: ${seen}`;
}

/**
 * @param {ContrastBinding} model
 * @param {ShownImposed} imposed
 * @returns {import("../../ui/plot/scale.js").Plot & import("../../ui/plot/scale.js").Marks}
 */
function curves(model, { strengths, log_likelihoods: all }) {
  const labels = model.get("classes");
  const contrast = model.get("contrast");
  const [length, classes] = all.shape;
  const at = Array.from(strengths);
  /** @param {number} k */
  const line = (k) => at.map((_, t) => 100 * Math.exp(all[t * classes + k]));
  const pair = contrast ? [contrast.true, contrast.probe] : [];
  const others = labels.map((_, k) => k).filter((k) => !pair.includes(k) && k < classes);
  /** @param {number} k */
  const most = (k) => Math.max(...line(k));
  const third = others.reduce((best, k) => (best < 0 || most(k) > most(best) ? k : best), -1);
  return {
    label: `Probabilities while the change inside of what is painted is imposed, ${length} strengths`,
    x: { name: "how much of the change (0: the picture)", domain: [-1, 2], format: (x) => percent(x, 0) },
    y: { name: "probability", domain: [0, 100], format: (y) => `${Number(y.toFixed(1))} %` },
    lines: [
      ...pair.map((k, i) => ({ name: labels[k], kind: i ? "probe" : "true", x: at, y: line(k) })),
      ...(third < 0 ? [] : [{ name: labels[third], kind: "third", x: at, y: line(third) }]),
    ],
    stretches: [{ from: -1, to: 0, kind: "xai-past" }],
  };
}
