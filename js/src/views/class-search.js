import { h, setAttribute } from "../lib/dom.js";
import { findClasses } from "../lib/class-search.js";

/** @import { Binding } from "../lib/binding.js" */

/**
 * A field that finds a class by its name while one types.
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {(index: number) => void} onChoose
 * @param {AbortSignal} signal
 */
export function classSearch(model, el, onChoose, signal) {
  const id = `xai-${Math.random().toString(36).slice(2)}`;
  const input = h("input", {
    type: "text",
    class: "xai-search-input",
    placeholder: "search all classes",
    "aria-label": "Search all classes",
    role: "combobox",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": id,
    autocomplete: "off",
    spellcheck: "false",
  });
  const list = h("ul", { class: "xai-hits", role: "listbox", id, "aria-label": "Classes found", hidden: true });
  el.append(h("div", { class: "xai-search xai-live" }, input, list));

  /** @type {{index: number, label: string}[]} */
  let hits = [];
  let active = 0;

  function show() {
    const options = hits.map(({ label }, position) => {
      const option = h("li", { role: "option", id: `${id}-${position}`, "aria-selected": String(position === active) }, label);
      option.addEventListener("pointerdown", (event) => {
        event.preventDefault();
        choose(position);
      });
      return option;
    });
    if (!hits.length && input.value.trim()) options.push(h("li", { class: "xai-no-hit", role: "option", "aria-disabled": "true" }, "no such class"));
    list.replaceChildren(...options);
    list.hidden = options.length === 0;
    setAttribute(input, "aria-expanded", String(options.length > 0));
    setAttribute(input, "aria-activedescendant", hits.length ? `${id}-${active}` : null);
  }

  function close() {
    hits = [];
    input.value = "";
    show();
  }

  /** @param {number} position */
  function choose(position) {
    const hit = hits[position];
    if (!hit) return;
    close();
    onChoose(hit.index);
  }

  input.addEventListener("input", () => {
    hits = findClasses(model.get("classes"), input.value);
    active = 0;
    show();
  }, { signal });
  input.addEventListener("blur", close, { signal });
  input.addEventListener(
    "keydown",
    (event) => {
      if (event.key === "ArrowDown") active = (active + 1) % Math.max(1, hits.length);
      else if (event.key === "ArrowUp") active = (active + hits.length - 1) % Math.max(1, hits.length);
      else if (event.key === "Enter") return choose(active);
      else if (event.key === "Escape") return close();
      else return;
      event.preventDefault();
      show();
    },
    { signal },
  );
}
