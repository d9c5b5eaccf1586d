import { setAttribute } from "./dom.js";

/** @import { Binding, Reader } from "./binding.js" */

/** Said of pictures that can be chosen. */
export const CHOOSING = "Ctrl and a click, or the key S, choose it for other widgets";

/**
 * Lets a click with Ctrl, or the key S, take one of many pictures to the chosen, or away from them.
 * @param {Reader<{selection: number[]}> & Pick<Binding<{selection: number[]}>, "set">} model
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 * @param {(button: HTMLElement) => number | undefined} pictureOf the number of what a button shows
 */
export function selecting(model, root, signal, pictureOf) {
  /** @param {MouseEvent | KeyboardEvent} event */
  function toggle(event) {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    const picture = button && pictureOf(button);
    if (typeof picture !== "number") return;
    const selection = model.get("selection");
    const rest = selection.filter((each) => each !== picture);
    const more = [...selection, picture].sort((a, b) => a - b);
    model.set({ selection: rest.length < selection.length ? rest : more });
    event.preventDefault();
    event.stopPropagation();
  }
  // Before the button itself hears of it.
  const options = { signal, capture: true };
  root.addEventListener("click", (event) => (event.ctrlKey || event.metaKey) && toggle(event), options);
  root.addEventListener(
    "keydown",
    (event) => event.key.toLowerCase() === "s" && !event.ctrlKey && !event.metaKey && toggle(event),
    options,
  );
}

/** @param {Element} button @param {boolean} isChosen */
export const markChosen = (button, isChosen) =>
  setAttribute(button, "data-xai-chosen", isChosen ? "chosen" : null);
