import { h, setAttribute } from "./dom.js";
import { untyped } from "./controls.js";
import { icon } from "./icons.js";

/** @import { SettingModel } from "./settings.js" */

const PLAYED_IN = 2000;
/** Milliseconds for each of so many steps, for those who asked for less motion. */
const STILL = 500;
const STILLS = 8;

/**
 * Where on a way one looks, from 0 to 1 or past it; plays it, too.
 * @param {SettingModel} wayModel with a `position`, and `playing` in its view
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 * @param {object} way
 * @param {string} way.name
 * @param {string} way.title
 * @param {() => number} way.last how far it goes
 * @param {(position: number) => string} way.spoken where that is, for those who do not see it
 * @returns {(isThere: boolean) => void} shows the way as it is now, or that there is none
 */
export function scrubber(wayModel, el, signal, { name, title, last, spoken }) {
  const model = untyped(wayModel);
  const play = h("button.xai-button.xai-solid.xai-play", { onclick: toggle }, icon("run"));
  const slider = h("input.xai-position", {
    type: "range",
    min: 0,
    max: 1,
    step: 0.01,
    "aria-label": name,
    title,
    oninput: () => {
      model.setView({ playing: false });
      moveTo(model, slider.valueAsNumber);
    },
    onkeydown: (event) => {
      if (event.key !== " ") return;
      event.preventDefault();
      toggle();
    },
  });
  const root = h("div.xai-scrubber", play, slider);
  el.append(root);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  model.watch(["position"], () => {
    const position = model.get("position");
    slider.value = String(position);
    setAttribute(slider, "aria-valuetext", spoken(position));
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

  return (isThere) => {
    root.hidden = !isThere;
    slider.max = String(last());
    // The way may go on further: a thumb that was held back goes there.
    slider.value = String(model.get("position"));
    if (!isThere) model.setView({ playing: false });
  };
}

/** @param {SettingModel} model @param {number} position */
export const moveTo = (model, position) => untyped(model).set({ position: Math.round(1e4 * position) / 1e4 });
