import { fillList, h } from "./dom.js";

/**
 * A table whose rows are filled anew.
 * @param {string} name class
 * @param {string} label for those who do not see it
 * @param {(Node | string)[]} heads
 */
export function createTable(name, label, heads) {
  const columns = heads.map((head) => h("th", { scope: "col" }, head));
  const body = h("tbody");
  const root = h("table.xai-table", { "aria-label": label }, h("thead", h("tr", ...columns)), body);
  root.classList.add(name);

  /**
   * @template T
   * @param {readonly T[]} items
   * @param {(item: T) => string[]} texts of the cells
   * @param {(item: T) => boolean} isBest
   * @param {(row: HTMLElement, item: T) => void} [finish]
   */
  function show(items, texts, isBest, finish) {
    fillList(
      body,
      items,
      () => h("tr", ...heads.map(() => h("td"))),
      (row, item) => {
        texts(item).forEach((text, i) => {
          const cell = row.children[i];
          if (cell.textContent !== text) cell.textContent = text;
        });
        finish?.(row, item);
        row.classList.toggle("xai-best", isBest(item));
      },
    );
  }
  return { root, columns, show };
}
