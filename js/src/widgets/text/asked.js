import { fillList, h } from "../../ui/dom.js";

/** @import { TextBinding } from "./types.js" */

/**
 * The questions answered so far, the latest first: a click asks one again.
 * @param {TextBinding} model
 * @param {HTMLElement} el
 */
export function askedView(model, el) {
  if (model.isStatic) return;
  const list = h("ol.xai-text-asked");
  const group = h("div", { role: "group", "aria-label": "Ask again" }, list);
  const root = h("section", h("h3", "Asked so far"), group);
  el.append(root);

  function create() {
    const button = h(
      "button.xai-selectable.xai-text-again",
      { onclick: () => model.command("again", { number: Number(button.dataset.number) }) },
      h("span"),
      h("span.xai-label"),
    );
    return h("li", button);
  }
  model.watch(["questions"], () => {
    const questions = model.get("questions");
    root.hidden = !questions.length;
    fillList(list, [...questions].reverse(), create, (item, { title, answer }, i) => {
      const button = /** @type {HTMLElement} */ (item.firstElementChild);
      button.dataset.number = String(questions.length - 1 - i);
      button.children[0].textContent = title;
      button.children[1].textContent = `→ ${answer}`;
    });
  });
}
