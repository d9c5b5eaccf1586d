import { h } from "../../ui/dom.js";
import { consentPart, donePart, instructionsPart, ratingPart } from "./parts.js";
import { questionPart } from "./question.js";
import { createClock } from "../../lib/clock.js";

/** @import { RoomBinding } from "./types.js" */

/**
 * @typedef {object} Part what is on the stage
 * @property {(Node | string)[]} nodes
 * @property {(key: string) => boolean} [onKey] whether the key meant something
 * @property {() => void} [onPaint] when it is on the screen
 */

/**
 * The one thing that a person sees at a time; keys are heard wherever the focus is in it.
 * @param {RoomBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function stageView(model, el, signal) {
  const stage = h("section.xai-room-stage", { tabindex: 0, "aria-label": "Question" });
  el.append(stage);
  const clock = createClock(() => performance.now());
  const follow = () => (document.hidden ? clock.hold("hidden") : clock.release("hidden"));
  document.addEventListener("visibilitychange", follow, { signal });
  follow();

  /** @type {Part} */
  let part = { nodes: [] };
  let ending = new AbortController();
  signal.addEventListener("abort", () => ending.abort());

  function show() {
    ending.abort();
    ending = new AbortController();
    model.setView({ paused: false, shown: 0 });
    clock.release("paused");
    const held = stage.contains(document.activeElement);
    part = partOf(model, clock, ending.signal);
    stage.replaceChildren(...part.nodes);
    // The button that was pressed has gone: without the focus, keys would go to the notebook, where 0 0 ends
    // the kernel.
    if (held) stage.focus({ preventScroll: true });
    part.onPaint?.();
  }
  model.watch(["phase", "trial"], show);

  stage.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    const isButton = event.target instanceof HTMLButtonElement;
    if (event.key === "Enter" && !isButton) {
      const first = /** @type {HTMLElement | null} */ (stage.querySelector(".xai-primary"));
      first?.click();
      event.preventDefault();
    } else if (part.onKey?.(event.key)) event.preventDefault();
  });
}

/**
 * @param {RoomBinding} model
 * @param {ReturnType<typeof createClock>} clock
 * @param {AbortSignal} signal
 * @returns {Part}
 */
function partOf(model, clock, signal) {
  const phase = model.get("phase");
  if (phase === "consent") return consentPart(model);
  if (phase === "instructions") return instructionsPart(model);
  if (phase === "rating") return ratingPart(model);
  if (phase === "done") return donePart(model);
  return questionPart(model, clock, signal);
}
