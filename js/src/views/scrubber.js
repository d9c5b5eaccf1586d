import { h, setAttribute } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { percent } from "../lib/numbers.js";
import { seenAt } from "./morph.js";

/** @import { ContrastBinding } from "../lib/contrast-types.js" */

const PLAYED_IN = 2000;
/** Milliseconds for each of so many steps, for those who asked for less motion. */
const STILL = 500;
const STILLS = 8;

/**
 * Where on the way from the picture to the boundary one looks; plays it, too.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function scrubberView(model, el, signal) {
  const play = h("button.xai-button.xai-play", icon("run"));
  const slider = h("input.xai-position", { type: "range", min: 0, max: 1, step: 0.01, "aria-label": "Morph" });
  const root = h("div.xai-scrubber", play, slider);
  el.append(root);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  model.watch(["position"], () => {
    const position = model.get("position");
    slider.value = String(position);
    const { morph } = model.view;
    setAttribute(slider, "aria-valuetext", `${percent(position, 0)} of the way${morph ? `, ${seenAt(morph, position)}` : ""}`);
  });
  model.watchView(["morph"], () => {
    root.hidden = !model.view.morph;
    if (root.hidden) model.setView({ playing: false });
  });
  model.watchView(["playing"], () => {
    play.replaceChildren(icon(model.view.playing ? "pause" : "run"));
    setAttribute(play, "aria-label", model.view.playing ? "Pause" : "Play");
  });

  let start = { time: 0, position: 0 };

  /** @param {number} time */
  function step(time) {
    if (signal.aborted || !model.view.playing) return;
    const duration = calm.matches ? STILL * STILLS : PLAYED_IN;
    const far = Math.min(1, start.position + (time - start.time) / duration);
    const position = calm.matches && far < 1 ? Math.floor(far * STILLS) / STILLS : far;
    moveTo(model, Math.max(position, start.position));
    if (far === 1) model.setView({ playing: false });
    else requestAnimationFrame(step);
  }

  function toggle() {
    const playing = !model.view.playing;
    model.setView({ playing });
    if (!playing) return;
    const position = model.get("position");
    start = { time: performance.now(), position: position < 1 ? position : 0 };
    requestAnimationFrame(step);
  }

  play.addEventListener("click", toggle, { signal });
  slider.addEventListener("input", () => {
    model.setView({ playing: false });
    moveTo(model, slider.valueAsNumber);
  }, { signal });
  slider.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggle();
  }, { signal });
}

/** @param {ContrastBinding} model @param {number} position */
export const moveTo = (model, position) => model.set({ position: Math.round(1e4 * position) / 1e4 });
