import { h } from "../../ui/dom.js";
import { remember, remembered } from "../../lib/memory.js";

/** @import { ExplorerBinding } from "./types.js" */

const KEY = "explorer.coach";
/** Where each stands, and what can be done there. */
const MARKS = /** @type {const} */ ([
  [".xai-middle", "1. Drag on the picture to look only there."],
  [".xai-beside > .xai-panel", "2. Click a class to ask about it."],
  [".xai-what-if", "3. Hide what you drew, and see what changes."],
]);

/**
 * On the first visit, three marks that say what hands can do here.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} root
 */
export function coachView(model, root) {
  if (model.isStatic || remembered(KEY)) return;
  const marks = MARKS.map(([place, text]) => {
    const mark = h("p.xai-coach", { role: "note" }, text);
    root.querySelector(place)?.append(mark);
    return mark;
  });
  // What is said under two pictures, of a change or of a partner, would lie under the last one.
  model.watch(["edits", "partners"], () => {
    marks[2].hidden = model.get("edits").length > 0 || model.get("partners").length > 0;
  });
  const got = h(
    "button.xai-button",
    {
      onclick: () => {
        remember(KEY, "dismissed");
        for (const mark of marks) mark.remove();
      },
    },
    "Got it",
  );
  marks[0].append(" ", got);
}
