import { h, oncePerFrame } from "../../ui/dom.js";
import { closedText, judgeText, missedText } from "./judge.js";
import { paintChange } from "../../ui/paint.js";
import { createSmoothing, createStage, figureRow, nameOverlay, namedFigure } from "../../ui/stage.js";
import { askedOtherwise, columnText, directPanel, panelOf, seenFirst } from "./panels.js";

/** @import { ContrastBinding } from "./types.js" */
/** @import { Panel } from "./panels.js" */

const LARGEST = 260;

/**
 * The picture, the morph on its way, and what is shown beside it.
 * @param {ContrastBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function morphView(model, el, signal) {
  const panels = {
    picture: createPanel("original", signal),
    morph: createPanel("morph", signal),
    rival: createPanel("rival", signal),
    direct: createPanel("direct", signal),
    second: createPanel("other-direct", signal),
  };
  /** @type {ReturnType<typeof createPanel>[]} */
  const columns = [];
  const row = figureRow(...Object.values(panels).map(({ root }) => root));
  row.classList.add("xai-morphs");
  el.append(row);

  const draw = oncePerFrame(() => {
    if (signal.aborted) return;
    const { morph, rival, range } = model.view;
    const position = model.get("position");
    const picture = model.get("picture");
    const opacity = model.get("opacity");
    const [direct, second] = [model.get("direct_map"), model.get("second_map")];
    const channel = model.get("channel");
    /** @param {string} panel @param {Panel | null} shown @returns {Panel | null} with what the judge says of it */
    const judged = (panel, shown) => shown && { ...shown, told: closedText(model, panel) };
    const running = model.get("status").state === "running";
    const badge = morph ? missedText(morph.contrast.missed) : "";
    panels.picture.show(
      picture && { title: "the picture", caption: seenFirst(model), picture, badge },
      opacity,
    );
    const first = morph && panelOf(morph, position, range, running, channel);
    if (first) first.judge = judgeText(model, position);
    const own = judged("morph", first);
    if (own && morph && model.get("columns").length)
      own.told = [own.told, columnText(morph)].filter(Boolean).join("; ");
    panels.morph.show(own, opacity);
    const beside = rival && panelOf(rival, position, range, running, channel, "others may win");
    panels.rival.show(judged("rival", beside), opacity);
    panels.direct.show(judged("direct", direct && picture && directPanel(direct, picture)), opacity);
    panels.second.show(judged("second", second && picture && directPanel(second, picture)), opacity);
    const others = model.get("columns");
    while (columns.length < others.length) {
      columns.push(createPanel("column", signal));
      row.append(columns[columns.length - 1].root);
    }
    columns.forEach((panel, i) => {
      const column = others[i];
      const its = model.view.columns[i];
      const shown = its && panelOf(its, position, range, running, channel, column.name);
      panel.show(
        column && picture
          ? shown
            ? { ...shown, told: columnText(its) }
            : askedOtherwise(column, picture)
          : null,
        opacity,
      );
    });
    const all = [...Object.values(panels), ...columns];
    row.style.setProperty("--xai-figures", String(all.filter(({ root }) => !root.hidden).length));
    // One counter numbers the frames of both.
    if (morph) model.acknowledge(Math.max(morph.contrast.frame, rival?.contrast.frame ?? -1));
  });
  model.watch(["picture", "prediction", "position", "opacity", "direct_map", "status"], draw);
  model.watch(["second_map", "judgement", "channel", "columns"], draw);
  model.watchView(["morph", "rival", "columns", "range"], draw);
}

/** @param {string} kind @param {AbortSignal} signal */
function createPanel(kind, signal) {
  const parts = createStage(LARGEST);
  const { stage, overlay, show: showPicture } = parts;
  const smooth = createSmoothing(parts, signal);
  const caption = h("p.xai-caption");
  const badge = h("span.xai-badge");
  stage.append(badge);
  const [told, judge] = [h("p.xai-closed", { hidden: true }), h("p.xai-caption", { hidden: true })];
  const { root, caption: title } = namedFigure(kind, stage, caption, judge, told);
  /** @type {Panel | null} */
  let shown = null;

  /** @param {Panel | null} next @param {number} opacity */
  function show(next, opacity) {
    root.hidden = !next;
    if (!next) return;
    const { picture, difference, range = 1 } = next;
    title.textContent = next.title;
    caption.textContent = next.caption;
    caption.title = next.caption;
    judge.textContent = next.judge ?? "";
    judge.hidden = !next.judge;
    told.textContent = next.told ?? "";
    told.hidden = !next.told;
    badge.textContent = next.badge ?? "";
    badge.hidden = !next.badge;
    if (picture !== shown?.picture) showPicture(picture, next.title);
    overlay.hidden = !difference;
    overlay.style.setProperty("--xai-map-opacity", String(opacity));
    nameOverlay(overlay, difference ? `${next.title}: ${next.caption}` : "");
    if (difference && (difference.values !== shown?.difference?.values || range !== shown.range))
      paintChange(overlay, difference, range);
    shown = next;
    smooth();
  }
  return { root, show };
}
