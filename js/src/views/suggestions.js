import { complete } from "../lib/completion.js";
import { h } from "../lib/dom.js";
import { listbox } from "./listbox.js";

/** @import { ExplorerBinding } from "../lib/explorer-types.js" */
/** @import { Option, Vocabulary } from "../lib/completion.js" */

/**
 * What may come next in the query, while one types.
 * @param {ExplorerBinding} model
 * @param {HTMLInputElement} input
 * @param {() => void} onChanged
 * @param {AbortSignal} signal
 */
export function suggestions(model, input, onChanged, signal) {
  const { list, open: offer, close, move, choose, isOpen } = listbox(input, {
    name: "Suggestions",
    className: "xai-suggestions",
    draw: (/** @type {Option} */ { text, kind }) => [h("span", text.trim()), h("span.xai-label", kind)],
    onChoose: ({ text }) => accept(text),
  });
  let place = { from: 0, to: 0 };

  function open() {
    const { options, ...found } = complete(input.value, input.selectionStart ?? 0, vocabularyOf(model));
    place = found;
    list.style.left = `${input.offsetLeft}px`;
    offer(options);
  }

  /** @param {string} text */
  function accept(text) {
    const rest = input.value.slice(place.to);
    const put = /^\s/.test(rest) ? text.trimEnd() : text;
    input.value = input.value.slice(0, place.from) + put + rest;
    input.setSelectionRange(place.from + put.length, place.from + put.length);
    onChanged();
    open();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was meant for the list */
  function takesKey({ key, ctrlKey, shiftKey }) {
    if (key === " " && ctrlKey) open();
    else if (!isOpen()) return false;
    else if (key === "ArrowDown") move(1);
    else if (key === "ArrowUp") move(-1);
    else if (key === "Escape") close();
    else return (key === "Enter" || (key === "Tab" && !shiftKey)) && choose();
    return true;
  }

  input.addEventListener("blur", close, { signal });
  return { list, open, close, takesKey };
}

/**
 * @param {ExplorerBinding} model
 * @returns {Vocabulary}
 */
function vocabularyOf(model) {
  const networks = model.get("networks");
  const pictures = [...model.get("pictures"), ...model.get("references"), ...model.get("candidates")].map(({ name }) => name);
  return {
    networks,
    pictures: [...new Set(pictures)].filter((name) => !networks.includes(name)),
    layers: model.get("layers").map(({ name }) => name),
    classes: model.get("classes"),
  };
}
