import { h, oncePerFrame, svg, watchWidth } from "../../ui/dom.js";
import { short } from "../../lib/numbers.js";
import { POISON } from "../../schema/poison/state.js";
import { drawPlot } from "../../ui/plot/axes.js";
import { plotFigure } from "../../ui/plot/key.js";
import { valueAt } from "../../ui/plot/scale.js";
import { binsOf } from "./selection.js";

/** @import { PoisonBinding } from "./types.js" */

const HEIGHT = 180;
const BINS = 40;

/**
 * How the projections of the class are spread; a drag brushes, and what is brushed is chosen.
 * @param {PoisonBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function histogramView(model, el, signal) {
  const holder = h("div.xai-poison-histogram", {
    title: POISON.brush.doc,
    onpointermove: (event) => holder.hasPointerCapture(event.pointerId) && brush(begun, place(event)),
    onpointerdown: (event) => {
      if (event.button || !plot) return;
      holder.setPointerCapture(event.pointerId);
      event.preventDefault();
      begun = place(event);
    },
  });
  const [from, to] = ["from", "to"].map((end) =>
    h("input", { type: "number", step: 0.05, "aria-label": `Brush ${end}, in standard deviations` }),
  );
  const row = h(
    "div.xai-poison-brush",
    h("span.xai-label", "from"),
    from,
    h("span.xai-label", "to"),
    to,
    h("span.xai-label", "standard deviations"),
  );
  el.append(h("h3", "How far each stands out"), plotFigure(holder), row);
  /** @type {{drawn: ReturnType<typeof drawPlot>, domain: [number, number]} | null} */
  let plot = null;

  const paint = oncePerFrame(() => {
    const signature = model.get("signature");
    const width = holder.clientWidth;
    if (signal.aborted || !width || !signature) return;
    const values = Float32Array.from(signature.indices, (_, i) => signature.projections[2 * i]);
    const chosen = new Set(model.get("selection"));
    const bins = binsOf(values, (i) => chosen.has(signature.indices[i]), BINS);
    const domain = /** @type {[number, number]} */ ([bins[0].from, bins[bins.length - 1].to]);
    const most = Math.max(...bins.map(({ count }) => count));
    const drawn = drawPlot(
      {
        label: `Histogram of ${values.length} projections`,
        x: { name: "projection on the first singular vector, in standard deviations", domain, format: short },
        y: { name: "pictures", domain: [0, most] },
        lines: [],
      },
      { width, height: HEIGHT },
    );
    const { x, y } = drawn;
    const bars = (/** @type {"count" | "chosen"} */ key) =>
      bins.map((bin) => `M${x(bin.from)} ${y(0)}V${y(bin[key])}H${x(bin.to)}V${y(0)}Z`).join("");
    const [begin, end] = model
      .get("brush")
      .map((value) => x(Math.max(domain[0], Math.min(domain[1], value))));
    drawn.element.append(
      svg("path", { class: "xai-poison-bars", d: bars("count") }),
      svg("path", { class: "xai-poison-bars xai-poison-chosen", d: bars("chosen") }),
      svg("path", {
        class: "xai-poison-range",
        d: `M${begin} ${drawn.box.top}H${end}V${drawn.box.bottom}H${begin}Z`,
      }),
    );
    holder.replaceChildren(drawn.element);
    plot = { drawn, domain };
  });

  /** @param {number} first @param {number} second */
  const brush = (first, second) => model.set({ brush: [Math.min(first, second), Math.max(first, second)] });

  /** @param {PointerEvent} event */
  function place(event) {
    if (!plot) return 0;
    const { left, right } = plot.drawn.box;
    return valueAt(plot.domain, [left, right], event.clientX - holder.getBoundingClientRect().left);
  }
  let begun = 0;
  for (const input of [from, to]) {
    input.addEventListener("change", () => {
      const [begin, end] = [from.valueAsNumber, to.valueAsNumber];
      // The two are typed one after the other, and may be the wrong way round in between.
      if (begin <= end) model.set({ brush: [begin, end] });
    });
  }
  model.watch(["brush"], () => {
    model.get("brush").forEach((value, i) => {
      if (document.activeElement !== [from, to][i])
        [from, to][i].value = String(Math.round(100 * value) / 100);
    });
  });
  model.watch(["signature", "selection", "brush"], paint);
  watchWidth(holder, signal, paint);
}
