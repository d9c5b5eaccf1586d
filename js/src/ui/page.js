import { bindModel } from "./binding.js";
import { connectionBanner } from "./connection-banner.js";
import { h } from "./dom.js";
import { groupsAsStops } from "./roving.js";

/** @import { WidgetModel } from "../lib/types.js" */

/**
 * @typedef {(model: any, el: HTMLElement, signal: AbortSignal) => unknown} View shows a part of the model
 *   in a place, until the signal ends it
 */

/**
 * @typedef {{model: WidgetModel, el: HTMLElement, signal?: AbortSignal}} Context what anywidget gives to
 *   show a widget
 */

/**
 * A widget's page, as anywidget wants it. All of it goes when one of the two signals, or the function
 * returned, ends it.
 * @param {object} what
 * @param {string} what.name class of the page
 * @param {string} what.label for those who do not see it
 * @param {() => object} what.view what a view of this widget knows at first and the kernel need not
 * @param {(model: any, signal: AbortSignal) => void} [what.follow] keeps that up to date, before anything is drawn
 * @param {import("./binding.js").IsKnown} [what.isKnown] what may be set although the kernel has gone
 * @param {View[]} what.layout from top to bottom
 */
export function page({ name, label, view, follow, isKnown, layout }) {
  /** @param {Context} context */
  function render({ model: widgetModel, el, signal: given }) {
    const controller = new AbortController();
    const { signal } = controller;
    given?.addEventListener("abort", () => controller.abort(), { signal });
    const model = bindModel(widgetModel, signal, view(), isKnown);
    follow?.(model, signal);
    const still = `.xai-still-${widgetModel.get("still")}`;
    // The notebook around must not take the keys that are meant for a control.
    const root = h(`div.xai-root.${name}`, {
      role: "region",
      "aria-label": label,
      onkeydown: (event) => event.stopPropagation(),
    });
    root.classList.toggle("xai-static", widgetModel.static === true);
    const output = `.jp-OutputArea-child:has(> .jp-OutputArea-output > ${still})`;
    root.append(h("style", `${still}, ${output} { display: none; }`));
    // A class, as `:has` of any element has the browser style all around anew, whatever comes or goes on the page.
    el.classList.add("xai-around");
    el.append(root);
    for (const part of /** @type {View[]} */ ([connectionBanner, ...layout])) part(model, root, signal);
    groupsAsStops(root, signal);
    return () => {
      controller.abort();
      root.remove();
    };
  }
  return () => ({ initialize() {}, render });
}

/**
 * A place with views in it; text stands for itself.
 * @param {string} selector
 * @param {(View | string)[]} parts
 * @param {Record<string, string>} [attributes]
 * @returns {View}
 */
export const area =
  (selector, parts, attributes = {}) =>
  (model, el, signal) => {
    const place = /** @type {HTMLElement} */ (h(selector, attributes));
    el.append(place);
    for (const part of parts) {
      if (typeof part === "string") place.append(part);
      else part(model, place, signal);
    }
  };

/** @param {string} question */
export const heading = (question) => area("h2.xai-question", [question], { "data-export": "" });

/** @param {...View} parts */
export const top = (...parts) => area("div.xai-top", parts);

/** @param {...View} parts */
export const main = (...parts) => area("div.xai-main", parts);

/** @param {...View} parts */
export const left = (...parts) => area("div.xai-left", parts);

/** @param {...View} parts */
export const side = (...parts) => area("div.xai-side-panels", parts);

/** @param {string} label @param {...View} parts */
export const panel = (label, ...parts) => area("section.xai-panel", parts, { "aria-label": label });

/** @param {...View} parts */
export const bottom = (...parts) => area("div.xai-bottom", parts);

/** What cannot be done where there is no kernel. @param {View} part @returns {View} */
export const live = (part) => (model, el, signal) => void (model.isStatic || part(model, el, signal));
