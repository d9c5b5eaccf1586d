import { h } from "./dom.js";
import { findClasses } from "../lib/class-search.js";
import { listbox } from "./listbox.js";

/** @import { Reader } from "./binding.js" */

/**
 * A field that finds a class by its name while one types.
 * @param {Reader<{classes: string[]}>} model
 * @param {HTMLElement} el
 * @param {(index: number) => void} onChoose
 */
export function classSearch(model, el, onChoose) {
  const input = h("input.xai-search-input", {
    type: "text",
    placeholder: "search all classes",
    "aria-label": "Search all classes",
    role: "combobox",
    "aria-expanded": "false",
    autocomplete: "off",
    spellcheck: "false",
    onblur: close,
    oninput: () => {
      hits.open(findClasses(model.get("classes"), input.value), 0, input.value.trim() && "no such class");
    },
  });
  const hits = listbox(input, {
    name: "Classes found",
    draw: (/** @type {{index: number, label: string}} */ { label }) => [label],
    onChoose({ index }) {
      input.value = "";
      onChoose(index);
    },
  });
  el.append(h("div.xai-class-search.xai-live", input, hits.list));

  function close() {
    input.value = "";
    hits.close();
  }

  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") hits.move(1);
    else if (event.key === "ArrowUp") hits.move(-1);
    else if (event.key === "Enter") return hits.choose();
    else if (event.key === "Escape") return close();
    else return;
    event.preventDefault();
  });
}
