import { h, setDisabled } from "../../ui/dom.js";
import { icon } from "../../ui/icons.js";

/** @import { SearchBinding } from "./types.js" */

/**
 * Rest a search, and go on with it.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 */
export function pauseView(model, el) {
  const word = h("span");
  const button = h(
    "button.xai-button.xai-solid.xai-pause.xai-live",
    {
      onclick: async () => {
        if (model.get("paused")) return model.command("resume");
        // A minibatch is finished first; trainings under way begin again after the pause.
        asked = true;
        show();
        if (await model.command("pause")) return;
        asked = false;
        show();
      },
    },
    icon("pause"),
    word,
  );
  el.append(button);
  let asked = false;

  function show() {
    const paused = model.get("paused");
    const running = model.get("status").state === "running";
    if (paused || !running) asked = false;
    const focused = document.activeElement === button;
    button.hidden = !paused && !running;
    if (button.hidden && focused) /** @type {HTMLElement | null} */ (el.querySelector(".xai-run"))?.focus();
    button.firstElementChild?.replaceWith(icon(paused ? "run" : "pause"));
    word.textContent = paused ? "Resume" : asked ? "Pausing…" : "Pause";
    setDisabled(button, asked);
  }
  model.watch(["paused", "status"], show);
}
