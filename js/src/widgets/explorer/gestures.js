import { h } from "../../ui/dom.js";

/** @import { ExplorerBinding } from "./types.js" */

const HINTS = [
  ["drag", "look at a part of the picture only; inside it: go deeper"],
  ["double click, Escape", "back out of it"],
  ["grip, border, handles", "move the window, resize it"],
  ["Enter", "a window in the middle"],
  ["arrows, Shift+arrows", "move the window by a patch, resize it"],
  ["C", "read each patch, with the arrows"],
  ["Ctrl+Z, Ctrl+Shift+Z", "undo, redo"],
];

/** What a hand can do to the picture. @param {ExplorerBinding} model @param {HTMLElement} el */
export function hintView(model, el) {
  /** @param {string} hint */
  const worded = (hint) =>
    model.get("reads_text") ? hint.replace("picture", "sentence").replace("patch", "word") : hint;
  const rows = HINTS.map(([keys, hint]) => h("div", h("dt", keys), h("dd", worded(hint))));
  el.append(h("dl.xai-hint", ...rows));
}

/**
 * All moves of a drag, or of a key held down, are one step for undo: the kernel is told which belong together.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} root
 */
export function countGestures(model, root) {
  for (const type of ["pointerdown", "keydown"]) {
    root.addEventListener(
      type,
      (event) => {
        if (!("repeat" in event && event.repeat)) model.put({ gesture: (model.get("gesture") ?? 0) + 1 });
      },
      { capture: true },
    );
  }
}
