import { automaticRange } from "../../lib/colour.js";
import { h, oncePerFrame } from "../../ui/dom.js";
import { short } from "../../lib/numbers.js";
import { paintChange } from "../../ui/paint.js";
import { createSmoothing, createStage, figureRow, namedFigure } from "../../ui/stage.js";
import { chosenOf, isMissed, missedText, movedText } from "./text.js";

/** @import { GeneratorLabBinding } from "./types.js" */
/** @import { Picture } from "../../lib/types.js" */

const LARGEST = 200;
/** Full colour is at least so much of a picture from 0 to 1. */
const LEAST = 0.02;

/**
 * The picture, what is drawn of it, what is missed, and what it becomes when latents are moved.
 * @param {GeneratorLabBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function figuresView(model, el, signal) {
  const kinds = ["original", "drawn", "residual", "moved"];
  const titles = ["the picture", "drawn again", "what is missed", "moved"];
  const panels = kinds.map((kind, i) => createPanel(kind, titles[i], signal));
  const row = figureRow(...panels.map(({ root }) => root));
  row.classList.add("xai-lab-figures");
  el.append(row);
  const [original, drawn, residual, moved] = panels;

  const draw = oncePerFrame(() => {
    const shown = model.get("reconstruction");
    if (signal.aborted) return;
    for (const { root } of panels) root.hidden = !shown;
    if (!shown) return;
    const facts = chosenOf(model.get("generators"), model.get("generator"));
    original.show(shown.picture, "");
    drawn.show(shown.drawing, facts ? `error ${short(facts.error)}` : "");
    original.badge.textContent = facts && isMissed(facts) ? missedText(facts) : "";
    original.badge.hidden = !original.badge.textContent;
    const { residual: values, residual_scale: scale } = shown;
    const [height, width, channels] = values.shape;
    const change = { height, width, values, scale, colours: channels === 3 };
    // What is rounding is no colour.
    const range = Math.max(LEAST, automaticRange([Float32Array.from(values, (value) => value * scale)]));
    residual.overlay.hidden = false;
    paintChange(residual.overlay, change, range);
    residual.show(shown.picture, `red: to be added; full colour at ±${range.toPrecision(2)}`);
    const move = model.get("moved");
    if (move) moved.show(move.picture, movedText(move, model.get("residual"), model.get("classes")));
  });
  model.watch(["reconstruction", "moved", "generators", "generator", "residual", "classes"], draw);
}

/** @param {string} kind @param {string} name @param {AbortSignal} signal */
function createPanel(kind, name, signal) {
  const parts = createStage(LARGEST);
  const { stage, overlay, show: showPicture } = parts;
  const smooth = createSmoothing(parts, signal);
  const caption = h("p.xai-label");
  const badge = h("span.xai-badge", { hidden: true });
  stage.append(badge);
  overlay.hidden = true;
  const { root, caption: title } = namedFigure(kind, stage, caption);
  title.textContent = name;

  /** @param {Picture} picture @param {string} text */
  function show(picture, text) {
    showPicture(picture, name);
    caption.textContent = text;
    smooth();
  }
  return { root, overlay, badge, show };
}
