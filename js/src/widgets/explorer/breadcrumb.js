import { h, fillList, setAttribute } from "../../ui/dom.js";

/** @import { ExplorerBinding } from "./types.js" */

/**
 * The way back from the current window to the whole picture.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function breadcrumbView(model, el) {
  const list = h("ol");
  el.append(h("nav.xai-breadcrumb.xai-asks", { "aria-label": "Windows" }, list));

  /** @param {number} level */
  function step(level) {
    const button = h("button.xai-link", { disabled: model.isStatic, onclick: () => goTo(level) });
    return h("li", button);
  }

  /** @param {number} level */
  function goTo(level) {
    const trail = model.get("trail");
    if (level < trail.length) model.set({ trail: trail.slice(0, level) });
  }

  model.watch(["trail"], () => {
    const trail = model.get("trail");
    const names = model.get("reads_text")
      ? ["whole sentence", ...trail.map(([, , , width]) => `${width} ${width === 1 ? "word" : "words"}`)]
      : ["whole picture", ...trail.map(([, , height, width]) => `${height}×${width}`)];
    fillList(list, names, step, (item, name, level) => {
      const button = /** @type {HTMLElement} */ (item.firstElementChild);
      button.textContent = name;
      setAttribute(button, "aria-current", level === trail.length ? "true" : null);
      button.tabIndex = level === trail.length ? -1 : 0; // it leads nowhere
      if (level > 0)
        button.title =
          `rows ${trail[level - 1][0]} to ${trail[level - 1][0] + trail[level - 1][2]}, ` +
          `columns ${trail[level - 1][1]} to ${trail[level - 1][1] + trail[level - 1][3]}`;
    });
  });
}
