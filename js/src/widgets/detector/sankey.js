import { h, oncePerFrame, setAttribute, svg, watchWidth } from "../../ui/dom.js";
import { bandPath, bandsOf, FLOW_HEIGHT } from "./intervals.js";

import { MEANINGS, PART_KINDS } from "./text.js";
import { count, percent, shareOf } from "../../lib/numbers.js";
import { PARTS } from "./cuts.js";

/** @import { DetectorBinding, Part } from "./types.js" */
/** @import { Cut } from "./cuts.js" */

/** Of the columns, and what the text of the ends needs. */
const [BAR, TEXT, SPACE] = [8, 116, 10];
const LINE = 15;
const KEPT = new Set(["kept right", "missed"]);

/**
 * Where the predictions go: right or wrong, then kept or rejected. Each end chooses what the grid shows.
 * @param {DetectorBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function flowView(model, el, signal) {
  const drawing = svg("svg", { role: "img" });
  const buttons = new Map(PARTS.map((part) => [part, endButton(model, part)]));
  const place = h(
    "div.xai-flow",
    { role: "group", "aria-label": "Flow", "data-export": "" },
    ...buttons.values(),
  );
  place.prepend(drawing);
  place.style.height = `${FLOW_HEIGHT}px`;
  el.append(h("h3", "Where the predictions go"), place);

  const paint = oncePerFrame(() => {
    const { cut } = model.view;
    const width = place.clientWidth;
    if (signal.aborted || !cut || !width) return;
    const bands = bandsOf(cut);
    drawFlow(drawing, cut, bands, width);
    for (const { part, middle } of bands.ends) {
      const button = /** @type {HTMLElement} */ (buttons.get(part));
      button.style.top = `${middle}px`;
      setAttribute(
        button,
        "aria-label",
        `${part}: ${count(cut.parts[part])}, ${percent(shareOf(cut.parts[part], cut.count))}`,
      );
    }
  });
  watchWidth(place, signal, paint);
  model.watchView(["cut"], paint);
  model.watch(["part"], () => {
    for (const [part, button] of buttons)
      setAttribute(button, "aria-pressed", String(part === model.get("part")));
  });
}

/** @param {DetectorBinding} model @param {Part} part */
function endButton(model, part) {
  const button = h("button.xai-flow-end", { title: MEANINGS[part], onclick: () => model.set({ part }) });
  button.style.width = `${TEXT}px`;
  return button;
}

/** @param {Element} drawing @param {Cut} cut @param {ReturnType<typeof bandsOf>} bands @param {number} width */
function drawFlow(drawing, cut, { all, sides, ends }, width) {
  const last = width - TEXT - BAR;
  const middle = Math.round((last - BAR) * 0.48);
  setAttribute(drawing, "viewBox", `0 0 ${width} ${FLOW_HEIGHT}`);
  setAttribute(drawing, "aria-label", ends.map(({ part }) => `${part} ${count(cut.parts[part])}`).join(", "));
  const { right, wrong } = sides;
  /** @param {string} kind @param {number} x @param {{top: number, size: number}} stretch */
  const bar = (kind, x, { top, size }) =>
    svg("rect", { class: `xai-flow-bar ${kind}`, x, y: top, width: BAR, height: size });
  const accuracy = shareOf(cut.count - cut.errors, cut.count);
  drawing.replaceChildren(
    svg("path", { class: "xai-flow-band xai-right", d: bandPath(right, BAR, middle) }),
    svg("path", { class: "xai-flow-band xai-wrong", d: bandPath(wrong, BAR, middle) }),
    ...ends.map((end) =>
      svg("path", {
        class: `xai-flow-band ${KEPT.has(end.part) ? "xai-kept" : ""} ${PART_KINDS[end.part]}`,
        d: bandPath(end, middle + BAR, last),
      }),
    ),
    bar("xai-all", 0, all),
    bar("xai-right", middle, right.to),
    bar("xai-wrong", middle, wrong.to),
    ...ends.map(({ part, to }) => bar(PART_KINDS[part], last, to)),
    text(0, all.top - 2 * LINE + 3, ["predictions", count(cut.count)]),
    text(middle, right.to.top - 2 * LINE + 3, [
      "right",
      `${count(cut.count - cut.errors)} · ${percent(accuracy)}`,
    ]),
    text(middle, wrong.to.top + wrong.to.size + LINE, [
      "wrong",
      `${count(cut.errors)} · ${percent(1 - accuracy)}`,
    ]),
    ...ends.map(({ part, middle: y }) =>
      text(last + BAR + SPACE, y - 3, [
        part,
        `${count(cut.parts[part])} · ${percent(shareOf(cut.parts[part], cut.count))}`,
      ]),
    ),
  );
}

/** @param {number} x @param {number} y @param {[string, string]} lines */
function text(x, y, [name, number]) {
  return svg(
    "text",
    { y },
    svg("tspan", { x, class: "xai-flow-name" }, name),
    svg("tspan", { x, dy: LINE }, number),
  );
}
