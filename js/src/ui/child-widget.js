import { h } from "./dom.js";
import { icon } from "./icons.js";

/** @import { Binding } from "./binding.js" */
/** @import { View } from "./page.js" */
/** @import { ChildView } from "../lib/types.js" */

const REFERENCE = "IPY_MODEL_";

/**
 * Another widget that this one has opened, in its own box. It stands beside the page and not in it:
 * it has a page of its own.
 * @param {string} title
 * @returns {View}
 */
export const childWidget =
  (title) => (/** @type {Binding<{opened: string | null}>} */ model, page, signal) => {
    const { manager } = model;
    const close = h(
      "button.xai-button.xai-close-opened",
      { onclick: () => model.command("close") },
      icon("close"),
      "Close",
    );
    const place = h("div");
    const root = h(
      "section.xai-root.xai-opened",
      { "aria-label": "Opened", hidden: true, onkeydown: (event) => event.stopPropagation() },
      h("div.xai-opened-head", h("strong", title), close),
      place,
    );
    let shown = /** @type {ChildView | null} */ (null);
    let wanted = "";

    function drop() {
      shown?.remove();
      shown = null;
      place.replaceChildren();
      root.hidden = true;
    }

    /** @param {string} id */
    async function open(id) {
      const child = await manager?.get_model(id);
      if (!child || id !== wanted || signal.aborted) return;
      const view = await manager?.create_view(child);
      // While it was made, another may have been asked for.
      if (!view || id !== wanted || signal.aborted) return view?.remove();
      drop();
      shown = view;
      root.hidden = false;
      place.append(view.el);
      view.trigger?.("displayed");
      root.scrollIntoView({ block: "nearest" });
    }

    model.watch(["opened"], () => {
      const id = (model.get("opened") ?? "").replace(REFERENCE, "");
      if (id === wanted) return;
      wanted = id;
      if (!id || model.isStatic) return drop();
      // A notebook opened again may no longer have it.
      open(id).catch(drop);
    });
    page.after(root);
    signal.addEventListener("abort", () => {
      drop();
      root.remove();
    });
  };
