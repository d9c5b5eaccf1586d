import { h, setAttribute } from "../../ui/dom.js";
import { icon } from "../../ui/icons.js";
import { percent } from "../../lib/numbers.js";

/** @import { TextBinding } from "./types.js" */

const PLAYED_IN = 2000;

/**
 * Where on the way from the sentence to the boundary one looks; plays it, too.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function scrubberView(model, el, signal) {
  const play = h("button.xai-button.xai-solid.xai-text-play", icon("run"));
  const slider = h("input.xai-text-position", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    "aria-label": "Way to the boundary",
    title: "From the sentence to the boundary",
  });
  const root = h("div.xai-text-scrubber", play, slider);
  el.append(root);
  model.watch(["position"], () => {
    slider.value = String(model.get("position"));
    setAttribute(slider, "aria-valuetext", `${percent(model.get("position"), 0)} of the way`);
  });
  model.watch(["contrast"], () => {
    root.hidden = !model.get("contrast")?.converged;
  });
  model.watchView(["playing"], () => {
    play.replaceChildren(icon(model.view.playing ? "pause" : "run"));
    setAttribute(play, "aria-label", model.view.playing ? "Pause" : "Play");
  });

  let start = { time: 0, position: 0 };
  /** @param {number} time */
  function step(time) {
    if (signal.aborted || !model.view.playing) return;
    const position = Math.max(start.position, Math.min(1, start.position + (time - start.time) / PLAYED_IN));
    moveTo(model, position);
    if (position === 1) model.setView({ playing: false });
    else requestAnimationFrame(step);
  }
  play.addEventListener(
    "click",
    () => {
      const playing = !model.view.playing;
      model.setView({ playing });
      const position = model.get("position");
      start = { time: performance.now(), position: position < 1 ? position : 0 };
      if (playing) requestAnimationFrame(step);
    },
    { signal },
  );
  slider.addEventListener(
    "input",
    () => {
      model.setView({ playing: false });
      moveTo(model, slider.valueAsNumber);
    },
    { signal },
  );
}

/** @param {TextBinding} model @param {number} position */
export const moveTo = (model, position) => model.set({ position: Math.round(1e4 * position) / 1e4 });
