import { h, fillList, setDisabled } from "../../ui/dom.js";
import { percent } from "../../lib/numbers.js";

/** @import { ExplorerBinding } from "./types.js" */

/**
 * The layers that may be fitted, to tick, with the agreement of those that are.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function fitLayersView(model, el) {
  /** Ticked or not by hand, by name. @type {Map<string, boolean>} */
  const ticks = new Map();
  const list = h("ol.xai-fit-layers", { "aria-label": "Layers to fit" });
  const about = h("p.xai-label");
  const warning = h("p.xai-fit-warning", { role: "note" });
  const start = h("button.xai-button", {
    onclick: () => {
      model.command("fit", {
        layers: offered()
          .filter(isChosen)
          .map(({ name }) => name),
      });
    },
  });
  const root = h(
    "details.xai-fit-choice.xai-live",
    {
      ontoggle: () => {
        if (root.open && !isFitting()) model.command("offer");
      },
    },
    h("summary", "Choose layers to fit…"),
    list,
    about,
    warning,
    start,
  );
  el.append(root);

  const offered = () => model.get("fit_offer")?.layers ?? [];
  const isChosen = (/** @type {{name: string, chosen: boolean}} */ { name, chosen }) =>
    ticks.get(name) ?? chosen;
  const isFitting = () => model.get("fitting")?.running === true;

  /** @param {number} position */
  function create(position) {
    const box = h("input", {
      type: "checkbox",
      onchange: () => {
        ticks.set(offered()[position].name, box.checked);
        show();
      },
    });
    return h("li", h("label.xai-check", box, h("span"), h("span.xai-label")), h("span"));
  }

  function show() {
    const offer = model.get("fit_offer");
    const fitted = new Map(model.get("layers").map(({ name, agreement }) => [name, agreement]));
    const soFar = new Map(Object.entries(model.get("fitting")?.agreements ?? {}));
    fillList(list, offered(), create, (item, layer) => {
      const [label, agreement] = item.children;
      const [box, name, module] = label.children;
      /** @type {HTMLInputElement} */ (box).checked = isChosen(layer);
      name.textContent = layer.name;
      module.textContent = layer.module;
      const share = soFar.get(layer.name) ?? fitted.get(layer.name) ?? null;
      agreement.textContent = share === null ? "" : `agrees on ${percent(share, 0)}`;
    });
    const count = offered().filter(isChosen).length;
    about.textContent = offer ? `from ${offer.images}` : "Looking at the layers…";
    warning.textContent = offer?.warning ? `⚠ ${offer.warning}` : "";
    warning.hidden = !offer?.warning;
    start.textContent = count === 1 ? "Fit this layer" : `Fit these ${count} layers`;
    setDisabled(start, !count || isFitting());
  }
  model.watch(["fit_offer", "fitting", "layers"], show);
}
