import { h, fillList } from "./dom.js";

/**
 * What an answer has cost and how far it may be trusted.
 * @param {HTMLElement} el
 * @returns {(entries: {name: string, value: string, title: string}[]) => void} shows them; none: nothing is there
 */
export function createLedger(el) {
  const list = h("dl.xai-ledger", { "aria-label": "Ledger", "data-export": "" });
  el.append(list);
  return (entries) => {
    list.hidden = !entries.length;
    fillList(
      list,
      entries,
      () => h("div", h("dt"), h("dd")),
      (item, { name, value, title }) => {
        item.children[0].textContent = name;
        item.children[1].textContent = value;
        item.title = title;
      },
    );
  };
}
