import { h } from "../../ui/dom.js";
import { percent, short } from "../../lib/numbers.js";
import { figureRow } from "../../ui/stage.js";
import { askedPatchView } from "./attention.js";
import { cellGridView } from "./cell-grid.js";
import { createPanel } from "./panel.js";
import { truthView } from "./truth.js";
import { windowsView } from "./windows.js";
import { colourRange, isAnswered } from "./shown.js";
import { followZoom, miniMapView } from "./zoom.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { Ranking } from "../../schema/shared.js" */
/** @import { Panel } from "./panel.js" */

/**
 * The picture with its map; the unedited one, or those it is compared with, stand beside it on the same colours.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function figuresView(model, el, signal) {
  const before = createPanel("before", signal);
  const main = createPanel("after", signal, () => {
    const attribution = model.get("attribution");
    if (attribution?.cells.byteLength) model.acknowledge(attribution.frame);
  });
  /** @type {Panel[]} kept for the next comparison */
  const others = [];
  const change = h("p.xai-change", { "data-export": "" });
  const row = figureRow(before.root, main.root);
  el.append(h("div.xai-pictures", row, change));

  /** @param {(panel: Panel) => void} action */
  const each = (action) => [before, main, ...others].forEach(action);

  function draw() {
    const { shown } = model.view;
    const look = {
      look: { range: colourRange(model), look: model.get("look"), hatching: model.get("hatching") },
      opacity: model.get("opacity"),
    };
    const compared = Boolean(shown.before || shown.others.length);
    const { weights } = shown.main.attribution ?? {};
    row.classList.toggle("xai-compared", compared);
    el.closest(".xai-hero")?.classList.toggle("xai-side-by-side", compared);
    before.show(shown.before, look, { compared });
    main.show(shown.main, look, { compared, weight: weights?.[0] });
    shown.others.forEach((figure, i) => {
      const panel = (others[i] ??= follow(createPanel("other", signal)));
      panel.show(figure, look, { compared, weight: weights?.[i + 1] });
      if (!panel.root.isConnected) row.append(panel.root);
    });
    others.slice(shown.others.length).forEach((panel) => panel.root.remove());
    zoom();
  }

  function shade() {
    const window = model.get("trail").at(-1) ?? null;
    const stale = !isAnswered(model);
    each(({ figure }) => {
      figure.shadeOutside(window);
      figure.markStale(stale);
    });
  }

  function pointOut() {
    each((panel) => panel.pointOut(model.view.hover));
    main.figure.mark(model.view.rule);
  }

  /** @param {Panel} panel */
  function follow(panel) {
    const { stage, cellOf } = panel.figure;
    /** @param {{row: number, column: number} | null} hover */
    const setHover = (hover) => {
      const old = model.view.hover;
      if (old?.row !== hover?.row || old?.column !== hover?.column) model.setView({ hover });
    };
    stage.addEventListener("pointermove", (event) => setHover(event.buttons ? null : cellOf(event)));
    stage.addEventListener("pointerleave", () => setHover(null));
    return panel;
  }

  function zoom() {
    each(({ figure }) => figure.zoom(model.view.part));
    shade();
    pointOut();
  }

  each(follow);
  followZoom(model);
  model.watchView(["shown"], () => {
    draw();
    const { before: from, main: to } = model.view.shown;
    change.textContent = from ? describeChange(from.prediction, to.prediction) : "";
    change.hidden = !change.textContent;
  });
  model.watch(["opacity", "color_range", "look", "hatching"], draw);
  model.watch(["trail", "target", "method", "prediction"], shade);
  model.watchView(["hover", "rule"], pointOut);
  model.watchView(["part"], zoom);
  miniMapView(model, main.figure.stage);
  truthView(model, main.figure);
  askedPatchView(model, main.figure);
  windowsView(model, main.figure);
  cellGridView(model, el, main);
}

/** @param {Ranking | null} before @param {Ranking | null} after */
function describeChange(before, after) {
  const [from, to] = [before?.target, after?.target];
  if (!from || !to || from.index !== to.index) return "";
  const points = 100 * (to.probability - from.probability);
  const sign = points > 0 ? "+" : points < 0 ? "−" : "";
  const [first, now] = [before?.top[0], after?.top[0]];
  const changed = now && first?.index !== now.index ? `; the top class is now ${now.label}` : "";
  return (
    `${to.label}: ${percent(from.probability)} → ${percent(to.probability)} ` +
    `(${sign}${Math.abs(points).toFixed(1)} points; score ${short(from.logit)} → ${short(to.logit)})${changed}`
  );
}
