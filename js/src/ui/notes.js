import { fillList, h } from "./dom.js";

/** @import { Reader } from "./binding.js" */
/** @import { Note } from "../schema/shared.js" */

/**
 * What is assumed of the network.
 * @param {Reader<{notes: Note[]}>} model
 * @param {HTMLElement} el
 */
export function notesView(model, el) {
  const list = h("ul.xai-notes", { "aria-label": "Assumptions" });
  el.append(list);
  model.watch(["notes"], () => {
    const notes = model.get("notes");
    list.hidden = notes.length === 0;
    fillList(
      list,
      notes,
      () => h("li"),
      (item, { text, hint }) => {
        item.textContent = text;
        item.title = hint;
      },
    );
  });
}
