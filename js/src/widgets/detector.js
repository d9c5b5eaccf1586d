import { bindModel } from "../lib/binding.js";
import { detectorPng } from "../lib/detector-png.js";
import { verdictText, waitingText } from "../lib/detector-words.js";
import { followDial } from "../lib/dial.js";
import { h } from "../lib/dom.js";
import { costView } from "../views/detector-cost.js";
import { detailView } from "../views/detector-detail.js";
import { dialView } from "../views/detector-dial.js";
import { imagesView } from "../views/detector-images.js";
import { detectorLedger } from "../views/detector-ledger.js";
import { rulesView } from "../views/detector-rules.js";
import { flowView } from "../views/flow.js";
import { openedView } from "../views/opened.js";
import { runView } from "../views/run.js";
import { systemsView } from "../views/systems.js";
import { takeAwayView } from "../views/take-away.js";

/** @import { DetectorBinding } from "../lib/detector-types.js" */
/** @import { WidgetModel } from "../lib/types.js" */

/** @param {{model: WidgetModel, el: HTMLElement, signal?: AbortSignal}} context */
function render({ model: widgetModel, el, signal: given }) {
  const controller = new AbortController();
  const { signal } = controller;
  given?.addEventListener("abort", () => controller.abort(), { signal });
  const model = /** @type {DetectorBinding} */ (bindModel(widgetModel, signal, { sample: null, cut: null, from: 0 }));
  followDial(model, signal);

  const top = h("div.xai-top", h("h2.xai-question", "Can I trust this prediction?"));
  const progress = h("div.xai-progress-place");
  const answer = h("p.xai-detector-answer");
  const part = (/** @type {string} */ name, i = 0) => h(`section.xai-box${i ? "" : ".xai-dial"}`, { "aria-label": name });
  const [dial, flow, cost, systems, images, detail] = ["Dial", "Predictions", "Cost", "What if", "Grid", "Detail"].map(part);
  const main = h("div.xai-main", dial, flow, cost, systems, images, detail);
  const bottom = h("div.xai-bottom");
  const root = h("div.xai-root.xai-detector", { role: "region", "aria-label": "Error detector" }, top, progress, answer, main, bottom);
  root.classList.toggle("xai-static", model.isStatic);

  answerView(model, answer, main);
  runner(model, { button: top, progress, alert: main }, signal);
  dialView(model, dial, signal);
  rulesView(model, dial, signal);
  flowView(model, flow, signal);
  costView(model, cost, signal);
  systemsView(model, systems, signal);
  imagesView(model, images, signal);
  detailView(model, detail, signal);
  detectorLedger(model, bottom);
  takeAwayView(model, bottom, { file: "error-detector", texts: { Python: () => model.get("code") }, files: { PNG: () => detectorPng(root) } }, signal);
  const opened = openedView(model, widgetModel.widget_manager, signal);

  // The notebook around must not take the keys that are meant for a control.
  root.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  el.append(root, opened);
  return () => {
    controller.abort();
    root.remove();
    opened.remove();
  };
}

/** @param {DetectorBinding} model @param {HTMLElement} answer @param {HTMLElement} main */
function answerView(model, answer, main) {
  model.watchView(["sample", "cut"], () => {
    const { sample, cut } = model.view;
    answer.textContent = cut ? verdictText(cut) : sample ? waitingText(sample) : "There are no scores yet.";
    main.classList.toggle("xai-unscored", !cut);
    main.classList.toggle("xai-unseen", !sample);
  });
}

/** @param {DetectorBinding} model @param {{button: HTMLElement, progress: HTMLElement, alert: HTMLElement}} places @param {AbortSignal} signal */
function runner(model, places, signal) {
  const start = () => (model.view.sample ? "Score anew" : "Score");
  const refresh = runView(model, places, { work: "Progress", unit: "", partial: "the answers so far", start }, signal);
  model.watchView(["sample"], refresh);
}

export default () => ({ initialize() {}, render });
