import { h } from "../../ui/dom.js";

/**
 * Says beside a greyed control why it is greyed, for as long as one points at it or has come to it by keys.
 * @param {unknown} _model
 * @param {HTMLElement} root
 */
export function blockedView(_model, root) {
  const note = h("div.xai-blocked", { role: "status", hidden: true });
  root.append(note);

  /** @param {Event} event */
  function show({ target, type }) {
    const pointed =
      target instanceof Element && type !== "pointerleave" ? target.closest("[data-blocked]") : null;
    const control = pointed ?? root.querySelector("[data-blocked]:focus-visible");
    note.hidden = !control;
    if (!control) return;
    note.textContent = control.getAttribute("data-blocked");
    const [box, frame] = [control.getBoundingClientRect(), root.getBoundingClientRect()];
    note.style.top = `calc(${box.bottom - frame.top}px + var(--space-1))`;
    note.style.left = `${Math.max(0, Math.min(box.left - frame.left, frame.width - note.offsetWidth - 8))}px`;
  }
  for (const type of ["pointerover", "pointerleave", "focusin", "focusout", "click"])
    root.addEventListener(type, show);
}
