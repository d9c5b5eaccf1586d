import { pictureOf } from "../../lib/pictures.js";
import { h } from "../../ui/dom.js";
import { paintPicture } from "../../ui/paint.js";

/** @import { ShownView } from "../../schema/room/output.js" */

/** Frames a second of a morph. */
const RATE = 16;
/** How long it rests at its ends, in frames. */
const REST = 8;

/**
 * A picture, a morph that plays forth and back, or a saved page; ready when it can be painted.
 * @param {ShownView} view
 * @param {string} name for those who do not see it
 * @param {AbortSignal} signal
 * @returns {{element: HTMLElement, ready: Promise<void>}}
 */
export function showView(view, name, signal) {
  if (view.kind === "page") return savedPage(view.page, name, signal);
  const canvas = h("canvas.xai-room-canvas", { role: "img", "aria-label": name });
  const frame = (/** @type {number} */ number) => paintPicture(canvas, pictureOf(view, number));
  frame(0);
  canvas.classList.toggle("xai-squares", view.width < 112);
  const element = h("div.xai-room-picture", canvas);
  if (view.kind === "morph") element.append(player(view.count, frame, signal));
  return { element, ready: Promise.resolve() };
}

/** Hands on the keys that a page has no use for: where it has the focus, the room would hear none. */
const HAND_ON = `<script>
addEventListener("keydown", (event) => {
  const { target, key } = event;
  const typed = target.closest?.("input:not([type=range], [type=checkbox], [type=radio]), textarea, select");
  if (typed || event.defaultPrevented || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
  if (key === "Enter" ? target === document.body : /^[\\dpP]$/.test(key)) parent.postMessage({ key }, "*");
});
</script>`;

/** @param {string} page @param {string} name @param {AbortSignal} signal */
function savedPage(page, name, signal) {
  // In a box of its own: its scripts run, and reach nothing of the notebook.
  const frame = h("iframe.xai-room-page", { sandbox: "allow-scripts", title: name, srcdoc: page + HAND_ON });
  addEventListener(
    "message",
    ({ source, data }) => {
      if (source !== frame.contentWindow || typeof data?.key !== "string") return;
      frame.dispatchEvent(new KeyboardEvent("keydown", { key: data.key, bubbles: true, cancelable: true }));
    },
    { signal },
  );
  /** @type {Promise<void>} */
  const ready = new Promise((done) => frame.addEventListener("load", () => done(), { once: true }));
  return { element: h("div.xai-room-picture.xai-room-wide", frame), ready };
}

/**
 * Plays frames forth and back until somebody takes the slider.
 * @param {number} count
 * @param {(number: number) => void} paint
 * @param {AbortSignal} signal
 */
function player(count, paint, signal) {
  const slider = h("input.xai-room-morph", {
    type: "range",
    min: 0,
    max: count - 1,
    value: 0,
    "aria-label": "From the picture towards the other",
    oninput: () => {
      plays = false;
      paint(slider.valueAsNumber);
    },
  });
  let plays = !matchMedia("(prefers-reduced-motion: reduce)").matches;
  let first = /** @type {number | null} */ (null);
  /** @param {number} time */
  function step(time) {
    if (signal.aborted || !plays) return;
    first ??= time;
    const number = frameAt(Math.floor(((time - first) / 1000) * RATE), count, REST);
    if (number !== slider.valueAsNumber) {
      slider.value = String(number);
      paint(number);
    }
    requestAnimationFrame(step);
  }
  requestAnimationFrame(step);
  return slider;
}

/**
 * Which frame is on the screen at a tick: forth, a rest, back, a rest.
 * @param {number} tick
 * @param {number} count of frames
 * @param {number} rest ticks at either end
 */
export function frameAt(tick, count, rest) {
  const way = count - 1 + rest;
  const at = tick % (2 * way);
  return at < way ? Math.min(at, count - 1) : count - 1 - Math.min(at - way, count - 1);
}
