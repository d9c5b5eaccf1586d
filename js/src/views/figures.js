import { h } from "../lib/dom.js";
import { colourRange } from "../lib/maps.js";
import { percent, short } from "../lib/numbers.js";
import { createPanel } from "./panel.js";

/** @import { ExplorerBinding } from "../lib/explorer-types.js" */
/** @import { Ranking } from "../lib/schema.js" */
/** @import { Figure } from "./figure.js" */
/** @import { Panel } from "./panel.js" */

/**
 * The picture with its map; the unedited one, or those it is compared with, stand beside it on the same colours.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 * @returns {Figure} the one that answers the current question
 */
export function figuresView(model, el, signal) {
  const before = createPanel("before", signal);
  const main = createPanel("after", signal, () => {
    const attribution = model.get("attribution");
    if (attribution?.cells.byteLength) model.acknowledge(attribution.frame);
  });
  /** @type {Panel[]} kept for the next comparison */
  const others = [];
  const change = h("p.xai-change");
  const row = h("div.xai-figures", before.root, main.root);
  el.append(row, change);

  /** @param {(panel: Panel) => void} action */
  const each = (action) => [before, main, ...others].forEach(action);

  function draw() {
    const { shown } = model.view;
    const look = { range: colourRange(model), opacity: model.get("opacity") };
    const compared = Boolean(shown.before || shown.others.length);
    const { weights } = shown.main.attribution ?? {};
    row.classList.toggle("xai-compared", compared);
    before.show(shown.before, look, { compared });
    main.show(shown.main, look, { compared, weight: weights?.[0] });
    shown.others.forEach((figure, i) => {
      const panel = (others[i] ??= follow(createPanel("other", signal)));
      panel.show(figure, look, { compared, weight: weights?.[i + 1] });
      if (!panel.root.isConnected) row.append(panel.root);
    });
    others.slice(shown.others.length).forEach((panel) => panel.root.remove());
    shade();
    pointOut();
  }

  function shade() {
    const { picture, attribution } = model.view.shown.main;
    const window = model.get("trail").at(-1) ?? null;
    const asked = window ?? [0, 0, picture?.height ?? 0, picture?.width ?? 0];
    const stale = Boolean(attribution?.window.some((value, i) => value !== asked[i]));
    each(({ figure }) => {
      figure.shadeOutside(window);
      figure.overlay.classList.toggle("xai-stale", stale);
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
    stage.addEventListener("pointermove", (event) => setHover(event.buttons ? null : cellOf(event)), { signal });
    stage.addEventListener("pointerleave", () => setHover(null), { signal });
    return panel;
  }

  each(follow);
  model.watchView(["shown"], () => {
    draw();
    const { before: from, main: to } = model.view.shown;
    change.textContent = from ? describeChange(from.prediction, to.prediction) : "";
    change.hidden = !change.textContent;
  });
  model.watch(["opacity", "color_range"], draw);
  model.watch(["trail"], shade);
  model.watchView(["hover", "rule"], pointOut);
  return main.figure;
}

/** @param {Ranking | null} before @param {Ranking | null} after */
function describeChange(before, after) {
  const [from, to] = [before?.target, after?.target];
  if (!from || !to || from.index !== to.index) return "";
  const points = 100 * (to.probability - from.probability);
  const sign = points > 0 ? "+" : points < 0 ? "−" : "";
  return (
    `${to.label}: ${percent(from.probability)} → ${percent(to.probability)} ` +
    `(${sign}${Math.abs(points).toFixed(1)} points; logit ${short(from.logit)} → ${short(to.logit)})`
  );
}
