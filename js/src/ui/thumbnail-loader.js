import { bytesOfBase64 } from "../lib/arrays.js";
import { paintPicture } from "./paint.js";

/** @import { Binding } from "./binding.js" */
/** @import { Picture } from "../lib/types.js" */

/** Milliseconds in which what comes into sight is asked for together. */
const TOGETHER = 50;

/**
 * @type {WeakMap<object, ReturnType<typeof loader>>} one for each view, as a picture may be in sight in
 *   several places
 */
const loaders = new WeakMap();

/**
 * @param {Pick<Binding<any>, "quietly">} model
 * @param {AbortSignal} signal
 */
export function thumbnailLoader(model, signal) {
  const made = loaders.get(model) ?? loader(model, signal);
  loaders.set(model, made);
  return made;
}

/** @param {Pick<Binding<any>, "quietly">} model @param {AbortSignal} signal */
function loader(model, signal) {
  /** @type {Map<string, Picture>} */
  const known = new Map();
  /** @type {Map<Element, string>} what each canvas waits for */
  const waiting = new Map();
  /** @type {Set<string>} */
  const wanted = new Set();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  const observer = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      const name = waiting.get(target);
      if (isIntersecting && name !== undefined) wanted.add(name);
    }
    if (wanted.size) timer ??= setTimeout(load, TOGETHER);
  });
  signal.addEventListener("abort", () => {
    observer.disconnect();
    clearTimeout(timer);
  });

  async function load() {
    timer = undefined;
    const names = [...wanted].filter((name) => !known.has(name));
    wanted.clear();
    const answer = names.length ? await model.quietly("thumbnails", { names }) : null;
    for (const [name, small] of Object.entries(answer?.thumbnails ?? {}))
      known.set(name, { ...small, data: bytesOfBase64(small.data) });
    for (const [canvas, name] of waiting) {
      const picture = known.get(name);
      if (picture) draw(/** @type {HTMLCanvasElement} */ (canvas), name, picture);
    }
  }

  /**
   * Paints a canvas, at the latest when it is in sight.
   * @param {HTMLCanvasElement} canvas
   * @param {string} name
   * @param {Picture | null} thumbnail null: it has not been sent
   */
  function draw(canvas, name, thumbnail) {
    const picture = thumbnail ?? known.get(name);
    if (picture) {
      known.set(name, picture);
      waiting.delete(canvas);
      observer.unobserve(canvas);
      paintPicture(canvas, picture);
    } else if (waiting.get(canvas) !== name) {
      canvas.width = canvas.height = 1; // nothing, rather than what was there before
      waiting.set(canvas, name);
      observer.unobserve(canvas);
      observer.observe(canvas);
    }
  }
  return draw;
}
