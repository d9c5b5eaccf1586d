import { fillList, h, setAttribute } from "../../ui/dom.js";
import { differenceOf } from "./frames.js";
import { distanceText } from "./text.js";
import { count, percent } from "../../lib/numbers.js";
import { paintPixels } from "../../ui/paint.js";
import { createStage } from "../../ui/stage.js";

/** @import { ContrastBinding } from "./types.js" */
/** @import { Multiple } from "../../lib/schema.js" */

const SIDE = 92;

/**
 * The same question about every class, side by side; a click asks about one.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function multiplesView(model, el, signal) {
  const row = h("div.xai-multiples", { role: "group", "aria-label": "All classes" });
  const title = h("h3");
  const root = h("div.xai-all-classes", title, row);
  el.append(root);

  function create() {
    const { stage, base, overlay, show } = createStage(SIDE);
    const [name, text, badge] = [h("strong"), h("span.xai-label"), h("span.xai-badge")];
    // The button's own name says it all.
    for (const canvas of [base, overlay]) setAttribute(canvas, "aria-hidden", "true");
    stage.append(badge);
    const tile = h(
      "button.xai-selectable.xai-multiple.xai-asks",
      { disabled: model.isStatic },
      stage,
      name,
      text,
    );
    tile.addEventListener("click", () => model.set({ probe: Number(tile.dataset.probe) }), { signal });
    return Object.assign(tile, { parts: { base, overlay, show, name, text, badge } });
  }

  model.watch(["all_classes", "others"], draw);
  model.watch(["opacity"], () => row.style.setProperty("--xai-map-opacity", String(model.get("opacity"))));
  model.watch(["probe", "contrast", "others"], () => {
    const asked = model.get("probe") ?? model.get("contrast")?.probe;
    for (const tile of row.children)
      setAttribute(
        tile,
        "aria-pressed",
        String(Number(/** @type {HTMLElement} */ (tile).dataset.probe) === asked),
      );
  });
  model.watchView(["range"], draw);

  function draw() {
    const others = model.get("all_classes") ? model.get("others") : [];
    root.hidden = !others.length;
    const all = model.get("classes").length - 1;
    title.textContent =
      others.length < all
        ? `${others.length} of ${count(all)} other classes, each at its boundary`
        : "Every other class, at its boundary";
    fillList(row, others, create, (tile, other) => {
      const {
        parts: { base, overlay, show, name, text, badge },
      } = tile;
      const { probe, label, picture } = other;
      tile.dataset.probe = String(probe);
      tile.title = describe(other);
      setAttribute(tile, "aria-label", `Why not ${label}`);
      name.textContent = label;
      text.textContent = `distance ${distanceText(other.distance)}`;
      badge.textContent = badgeOf(model, other);
      badge.hidden = !badge.textContent;
      show(picture, label);
      for (const canvas of [base, overlay]) canvas.classList.toggle("xai-squares", picture.width < SIDE);
      paintPixels(overlay, differenceOf(other), model.view.range);
    });
  }
}

/** @param {ContrastBinding} model @param {Multiple} other */
function badgeOf(model, { converged, third_class }) {
  if (third_class >= 0) return `${model.get("classes")[third_class]} wins`;
  return converged ? "" : "not reached";
}

/** @param {Multiple} other */
function describe({ label, probability, converged, distance }) {
  return (
    `${label}: ${percent(probability)}, ${converged ? "reached" : "not reached"} at a distance of ` +
    `${distanceText(distance)}`
  );
}
