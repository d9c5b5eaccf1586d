import { h } from "./dom.js";

/** @import { Binding } from "./binding.js" */

const WORDS = {
  gone: "Not connected: this is the last answer. Run the cell to go on.",
  busy: "Busy: the kernel runs a cell, and answers after it.",
};

/** Controls that ask the kernel; the others (opacity, what is copied) work on what is shown. */
const ASKING = ".xai-live, .xai-asks";

/**
 * Says when nobody answers, and takes the controls away that would ask.
 * @param {Binding} model
 * @param {HTMLElement} root
 * @param {AbortSignal} signal
 */
export function connectionBanner(model, root, signal) {
  if (model.isStatic) return;
  const banner = h("div.xai-connection", { role: "status", hidden: true });
  root.append(banner);

  model.watchView(["kernel"], () => {
    const { kernel } = model.view;
    banner.textContent = kernel === "gone" || kernel === "busy" ? WORDS[kernel] : "";
    banner.hidden = !banner.textContent;
    root.classList.toggle("xai-gone", kernel === "gone");
    disable();
  });
  function disable() {
    for (const control of root.querySelectorAll(ASKING))
      control.toggleAttribute("inert", model.view.kernel === "gone");
  }
  // The views that come after this one, at first, and whatever they add later.
  const added = new MutationObserver(() => model.view.kernel === "gone" && disable());
  added.observe(root, { childList: true, subtree: true });
  signal.addEventListener("abort", () => added.disconnect());
  for (const type of ["pointerenter", "focusin"]) root.addEventListener(type, model.come);
}
