import { h } from "../../ui/dom.js";

/** @import { TextBinding } from "./types.js" */

let number = 0;

/**
 * Where a sentence is typed, or one of those that were given is chosen.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function sentenceView(model, el, signal) {
  number += 1;
  const choices = h("datalist", { id: `xai-sentences-${number}` });
  const input = h("input.xai-text-input", {
    type: "text",
    list: choices.id,
    "aria-label": "Sentence",
    placeholder: "Type a sentence",
    spellcheck: "false",
    autocomplete: "off",
  });
  const button = h("button.xai-button", "Ask");
  el.append(h("form.xai-text-form", input, choices, button));
  const form = /** @type {HTMLFormElement} */ (input.form);
  button.type = "submit";

  let latest = "";
  function ask() {
    const sentence = input.value.trim();
    // Return is a change and then a submission: one question.
    if (!sentence || sentence === latest) return;
    latest = sentence;
    // A command, not a setting: what cannot be read is said, and the words stay to be mended.
    model.command("ask", { sentence });
  }
  form.addEventListener(
    "submit",
    (event) => {
      event.preventDefault();
      ask();
    },
    { signal },
  );
  input.addEventListener("change", ask, { signal });

  model.watch(["sentences"], () => {
    choices.replaceChildren(...model.get("sentences").map((value) => h("option", { value })));
  });
  model.watch(["sentence"], () => {
    latest = input.value = model.get("sentence");
  });
}
