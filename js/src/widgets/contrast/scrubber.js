import { h, setAttribute } from "../../ui/dom.js";
import { icon } from "../../ui/icons.js";
import { placeText, seenAt } from "./text.js";

/** @import { ContrastBinding } from "./types.js" */

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
  const play = h("button.xai-button.xai-solid.xai-play", icon("run"));
  const slider = h("input.xai-position", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    "aria-label": "Morph",
    title: "From the picture to the boundary, and past it as far as it takes for a clear answer",
  });
  const root = h("div.xai-scrubber", play, slider);
  el.append(root);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  model.watch(["position"], () => {
    const position = model.get("position");
    slider.value = String(position);
    const { morph } = model.view;
    setAttribute(
      slider,
      "aria-valuetext",
      morph ? `${placeText(morph, position)}: ${seenAt(morph, position)}` : "",
    );
  });
  const last = () => model.view.morph?.curves.at.at(-1) ?? 1;
  model.watchView(["morph"], () => {
    root.hidden = !model.view.morph;
    slider.max = String(last());
    // The way to another class may go on further: a thumb that was held back goes there.
    slider.value = String(model.get("position"));
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
    const end = last();
    const far = Math.min(end, start.position + (time - start.time) / duration);
    const position = calm.matches && far < end ? Math.floor(far * STILLS) / STILLS : far;
    moveTo(model, Math.max(position, start.position));
    if (far === end) model.setView({ playing: false });
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
  slider.addEventListener(
    "input",
    () => {
      model.setView({ playing: false });
      moveTo(model, slider.valueAsNumber);
    },
    { signal },
  );
  slider.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      toggle();
    },
    { signal },
  );
}

/** @param {ContrastBinding} model @param {number} position */
export const moveTo = (model, position) => model.set({ position: Math.round(1e4 * position) / 1e4 });
