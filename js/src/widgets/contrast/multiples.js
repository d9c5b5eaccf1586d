import { fillList, h, setAttribute } from "../../ui/dom.js";
import { differenceOf } from "./frames.js";
import { distanceText } from "./text.js";
import { count, percent } from "../../lib/numbers.js";
import { paintChange } from "../../ui/paint.js";
import { createStage } from "../../ui/stage.js";

/** @import { ContrastBinding } from "./types.js" */
/** @import { Multiple } from "../../schema/contrast/output.js" */

const SIDE = 92;

/**
 * The same question from several random starts, side by side.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function startsView(model, el, signal) {
  const row = h("div.xai-multiples", { role: "group", "aria-label": "Random starts" });
  const root = h("div.xai-all-classes.xai-starts", h("h3", "The same from other random starts"), row);
  el.append(root);
  function draw() {
    const starts = model.get("starts") > 1 ? model.get("other_starts") : [];
    root.hidden = !starts.length;
    fillList(
      row,
      starts,
      () => createTile("div.xai-multiple"),
      (tile, start) => fillTile(model, tile, start),
    );
  }
  model.watch(["starts", "other_starts", "channel"], draw);
  model.watch(["opacity"], () => row.style.setProperty("--xai-map-opacity", String(model.get("opacity"))));
  model.watchView(["range"], draw);
  signal.addEventListener("abort", () => root.remove());
}

/**
 * @template {"div.xai-multiple" | "button.xai-selectable.xai-multiple.xai-asks"} S
 * @param {S} selector
 * @param {Record<string, boolean>} [attributes]
 */
function createTile(selector, attributes = {}) {
  const { stage, base, overlay, show } = createStage(SIDE);
  const [name, text, badge] = [h("strong"), h("span.xai-label"), h("span.xai-badge")];
  // The tile's own name says it all.
  for (const canvas of [base, overlay]) setAttribute(canvas, "aria-hidden", "true");
  stage.append(badge);
  const tile = h(selector, attributes, stage, name, text);
  return Object.assign(tile, { parts: { base, overlay, show, name, text, badge } });
}

/** @param {ContrastBinding} model @param {ReturnType<typeof createTile>} tile @param {Multiple} other */
function fillTile(model, { parts: { base, overlay, show, name, text, badge } }, other) {
  const { label, picture } = other;
  name.textContent = label;
  text.textContent = `distance ${distanceText(other.distance)}`;
  badge.textContent = badgeOf(model, other);
  badge.hidden = !badge.textContent;
  show(picture, label);
  for (const canvas of [base, overlay]) canvas.classList.toggle("xai-squares", picture.width < SIDE);
  paintChange(overlay, differenceOf(other, model.get("channel")), model.view.range);
}

/**
 * The same question about every class, side by side; a click asks about one.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 */
export function multiplesView(model, el) {
  const row = h("div.xai-multiples", { role: "group", "aria-label": "All classes" });
  const title = h("h3");
  const root = h("div.xai-all-classes", title, row);
  el.append(root);

  function create() {
    const tile = createTile("button.xai-selectable.xai-multiple.xai-asks", { disabled: model.isStatic });
    tile.addEventListener("click", () => model.set({ probe: Number(tile.dataset.probe) }));
    return tile;
  }

  model.watch(["all_classes", "others", "channel"], draw);
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
      const { probe, label } = other;
      tile.dataset.probe = String(probe);
      tile.title = describe(other);
      setAttribute(tile, "aria-label", `Why not ${label}`);
      fillTile(model, tile, other);
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
