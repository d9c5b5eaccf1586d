import { h } from "../../ui/dom.js";
import { listbox } from "../../ui/listbox.js";
import { offsetOfColumn } from "./caret.js";

/** @import { ExplorerBinding } from "./types.js" */

/** @typedef {{text: string, kind: string}} Option */

/** What always follows, so that one need not type it. */
const ENDINGS = /** @type {Record<string, string>} */ ({
  network: "(",
  edit: "(",
  layer: " ",
  for: " class ",
  join: " (",
  "left join": " (",
  ")": "",
});

/** @param {Option} option @returns {Option} */
const ended = ({ text, kind }) => ({
  text: text + (ENDINGS[text] ?? ENDINGS[kind] ?? (kind === "keyword" ? " " : "")),
  kind,
});

/**
 * What may come next in the query, while one types: the kernel knows its grammar.
 * @param {ExplorerBinding} model
 * @param {HTMLInputElement} input
 * @param {() => void} onChanged
 */
export function suggestions(model, input, onChanged) {
  const {
    list,
    open: offer,
    close: hide,
    move,
    choose,
    isOpen,
  } = listbox(input, {
    name: "Suggestions",
    className: "xai-suggestions",
    draw: (/** @type {Option} */ { text, kind }) => [
      h("span", text.trim()),
      h("span.xai-suggestion-kind", kind),
    ],
    onChoose: ({ text }) => accept(text),
  });
  let place = { from: 0, to: 0 };
  /** Whether a list is wanted that is not there yet, and whether one is on its way. */
  let [wanted, busy] = [false, false];
  const before = () => input.value.slice(0, input.selectionStart ?? 0);

  /** One request at a time: whoever types fast must not wait for all that is outdated. */
  async function open() {
    wanted = true;
    if (busy) return;
    busy = true;
    while (wanted) {
      const text = before();
      const answer = await model.command("complete", { text });
      if (answer && before() !== text) continue;
      if (answer && wanted) show(text, answer);
      wanted = false;
    }
    busy = false;
  }

  /** @param {string} text @param {{start: number, options: Option[]}} answer */
  function show(text, answer) {
    const from = offsetOfColumn(text, answer.start);
    const word = text.slice(from);
    const rest =
      (word.startsWith('"') ? /^[^"()]*"/ : /^[\w.]*/).exec(word && input.value.slice(text.length))?.[0] ??
      "";
    place = { from, to: text.length + rest.length };
    list.style.left = `${input.offsetLeft}px`;
    const options = answer.options.map(ended);
    offer(options.length === 1 && options[0].text.trim() === word ? [] : options);
  }

  /** @param {string} text */
  function accept(text) {
    // What was typed since the list came is replaced, too.
    const [start, rest] = [
      input.value.slice(0, place.from),
      input.value.slice(Math.max(place.to, before().length)),
    ];
    const glue = /[\w)\]"*]$/.test(start) && /^\w/.test(text) ? " " : "";
    const put = glue + (/^\s/.test(rest) ? text.trimEnd() : text);
    input.value = start + put + rest;
    input.setSelectionRange(start.length + put.length, start.length + put.length);
    onChanged();
    open();
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether the key was meant for the list */
  function takesKey({ key, ctrlKey, shiftKey }) {
    if (key === " " && ctrlKey) open();
    else if (wanted && key === "Escape") close();
    else if (!isOpen()) return false;
    else if (key === "ArrowDown") move(1);
    else if (key === "ArrowUp") move(-1);
    else if (key === "Escape") close();
    else return (key === "Enter" || (key === "Tab" && !shiftKey)) && choose();
    return true;
  }

  function close() {
    wanted = false;
    hide();
  }

  input.addEventListener("blur", close);
  return { list, open, close, takesKey };
}
