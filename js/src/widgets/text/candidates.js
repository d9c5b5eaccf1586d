import { fillList, h } from "../../ui/dom.js";
import { percent } from "../../lib/numbers.js";
import { ranked } from "./weights.js";

/** @import { TextBinding } from "./types.js" */

/**
 * What may stand in the place of the word that is pointed at; a click puts it there and asks again.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 */
export function candidatesView(model, el) {
  const heading = h("h3");
  const list = h("div.xai-text-candidates", { role: "group", "aria-label": "Instead" });
  const root = h("section.xai-text-instead", { "aria-label": "Instead of a word" }, heading, list);
  el.append(root);

  function create() {
    const button = h(
      "button.xai-button.xai-text-candidate",
      {
        disabled: model.isStatic,
        onclick: () =>
          model.command("impose", { place: Number(button.dataset.place), word: button.dataset.word }),
      },
      h("span"),
      h("span.xai-label"),
    );
    return button;
  }

  function show() {
    const [contrast, words, { word }] = [model.get("contrast"), model.get("words"), model.view];
    const known = contrast && contrast.candidates.length === words.length && word >= 0 && word < words.length;
    const rows = known && !words[word].special ? ranked(contrast, word, model.get("position")) : [];
    heading.textContent = rows.length
      ? `Instead of “${words[word].text}”: a click puts it there, and asks again`
      : "Point at a word for what may stand in its place";
    root.hidden = !contrast;
    fillList(list, rows, create, (button, { name, weight }) => {
      button.dataset.place = String(word);
      button.dataset.word = name;
      button.children[0].textContent = name;
      button.children[1].textContent = percent(weight, weight < 0.095 ? 1 : 0);
    });
  }
  model.watch(["contrast", "words", "position"], show);
  model.watchView(["word"], show);
}
