import { h } from "./dom.js";

/**
 * A field where a sentence is typed: Return or the button asks about it.
 * @param {HTMLElement} el
 * @param {(sentence: string) => void} ask
 * @returns {(sentence: string) => void} shows the sentence that was asked about
 */
export function createSentenceField(el, ask) {
  const input = h("input.xai-sentence-input", {
    type: "text",
    "aria-label": "Sentence",
    placeholder: "Type a sentence",
    spellcheck: "false",
    autocomplete: "off",
    onchange: submit,
  });
  const button = h("button.xai-button", { type: "submit" }, "Ask");
  const form = h(
    "form.xai-sentence-form",
    {
      onsubmit: (event) => {
        event.preventDefault();
        submit();
      },
    },
    input,
    button,
  );
  el.append(form);

  let latest = "";
  function submit() {
    const sentence = input.value.trim();
    // Return is a change and then a submission: one question.
    if (!sentence || sentence === latest) return;
    latest = sentence;
    ask(sentence);
  }
  return (sentence) => {
    latest = input.value = sentence;
  };
}
