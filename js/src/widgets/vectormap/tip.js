import { h } from "../../ui/dom.js";
import { thumbnailLoader } from "../../ui/thumbnail-loader.js";
import { toldOf } from "./keys.js";
import { pictureText } from "./text.js";

/** @import { Lens } from "./scene.js" */
/** @import { VectorMapBinding } from "./types.js" */

/**
 * The picture that is pointed at, beside its point.
 * @param {VectorMapBinding} model
 * @param {HTMLElement} holder
 * @param {AbortSignal} signal
 */
export function createTip(model, holder, signal) {
  const draw = thumbnailLoader(model, signal);
  const canvas = h("canvas");
  const text = h("span");
  const tip = h("div.xai-map-tip", { "aria-hidden": "true", hidden: true }, canvas, text);
  holder.append(tip);
  let shown = -1;

  /** @param {Float32Array} places @param {Lens} lens */
  function show(places, { scale, left, top }) {
    const { at } = model.view;
    tip.hidden = at < 0;
    if (at < 0) return void (shown = at);
    if (at !== shown) {
      shown = at;
      text.textContent = pictureText(toldOf(model), at);
      draw(canvas, String(at), model.get("saved")[at] ?? null);
    }
    const [x, y] = [left + places[2 * at] * scale, top - places[2 * at + 1] * scale];
    const share = Math.max(0, Math.min(1, x / holder.clientWidth));
    tip.style.left = `${x}px`;
    tip.style.top = `${y}px`;
    tip.style.setProperty("--xai-tip-shift", `${-100 * share}%`);
    tip.classList.toggle("xai-above", y > holder.clientHeight / 2);
  }
  return { show };
}
