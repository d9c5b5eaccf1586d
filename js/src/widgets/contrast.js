import { bytesOfBase64 } from "../lib/arrays.js";
import { bindModel } from "../lib/binding.js";
import { contrastPng } from "../lib/contrast-png.js";
import { h } from "../lib/dom.js";
import { followMorphs } from "../lib/follow-morphs.js";
import { CONTRAST } from "../lib/schema.js";
import { classesView } from "../views/classes.js";
import { contrastLedger } from "../views/contrast-ledger.js";
import { contrastPlots } from "../views/contrast-plots.js";
import { createColourBar } from "../views/colour-bar.js";
import { filmstripView } from "../views/filmstrip.js";
import { morphView } from "../views/morph.js";
import { multiplesView } from "../views/multiples.js";
import { questionView } from "../views/question.js";
import { runView } from "../views/run.js";
import { scrubberView } from "../views/scrubber.js";
import { settingsPanel } from "../views/settings.js";
import { takeAwayView } from "../views/take-away.js";

/** @import { ContrastBinding } from "../lib/contrast-types.js" */
/** @import { WidgetModel } from "../lib/types.js" */

const WORDS = { work: "Progress", unit: "", partial: "the way so far" };

/** @param {{model: WidgetModel, el: HTMLElement, signal?: AbortSignal}} context */
function render({ model: widgetModel, el, signal: given }) {
  const controller = new AbortController();
  const { signal } = controller;
  given?.addEventListener("abort", () => controller.abort(), { signal });
  const own = { morph: null, rival: null, range: 1, playing: false };
  const model = /** @type {ContrastBinding} */ (bindModel(widgetModel, signal, own));
  followMorphs(model);

  const top = h("div.xai-top");
  const progress = h("div.xai-progress-place");
  const left = h("div.xai-left");
  const classes = h("section.xai-panel", { "aria-label": "Classes" });
  const settings = h("section.xai-panel", { "aria-label": "Settings" });
  const side = h("div.xai-side-panels", classes, settings);
  const main = h("div.xai-main", left, side);
  const bottom = h("div.xai-bottom");
  const root = h("div.xai-root.xai-contrast", { role: "region", "aria-label": "Contrast" }, top, progress, main, bottom);
  root.classList.toggle("xai-static", model.isStatic);

  questionView(model, top);
  runView(model, { button: top, progress, alert: main }, WORDS, signal);
  filmstripView(model, left, signal);
  morphView(model, left, signal);
  scrubberView(model, left, signal);
  contrastPlots(model, left, signal);
  probesView(model, classes, signal);
  const places = settingsPanel(model, settings, signal, CONTRAST);
  legendView(model, places.get(CONTRAST.opacity.group));
  multiplesView(model, bottom, signal);
  contrastLedger(model, bottom);
  takeAway(model, bottom, root, signal);

  // The notebook around must not take the keys that are meant for a control.
  root.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  el.append(root);
  return () => {
    controller.abort();
    root.remove();
  };
}

/** @param {ContrastBinding} model @param {HTMLElement | undefined} el */
function legendView(model, el) {
  const { root, show: showBar } = createColourBar(3);
  el?.append(root);
  function show() {
    root.hidden = !model.view.morph;
    showBar("red: brighter than the picture, blue: darker", model.view.range, model.get("opacity"));
  }
  model.watch(["opacity"], show);
  model.watchView(["morph", "range"], show);
}

/** @param {ContrastBinding} model @param {HTMLElement} el @param {AbortSignal} signal */
function probesView(model, el, signal) {
  classesView(model, el, {
    title: "Why not …?",
    name: "Class asked about",
    automatic: "runner-up (automatic)",
    asked: () => model.get("probe"),
    ask: (probe) => model.set({ probe }),
    answered: () => model.get("contrast")?.probe,
    barred: () => model.get("prediction")?.top[0]?.index,
    watch: (listener) => model.watch(["prediction", "probe", "contrast"], listener),
  }, signal);
}

/** @param {ContrastBinding} model @param {HTMLElement} el @param {HTMLElement} root @param {AbortSignal} signal */
function takeAway(model, el, root, signal) {
  const gif = async () => {
    const answer = await model.command("gif");
    return answer && new Blob([bytesOfBase64(answer.gif)], { type: "image/gif" });
  };
  const files = { PNG: () => contrastPng(root), GIF: gif };
  takeAwayView(model, el, { file: "contrast", texts: { Python: () => model.get("code") }, files }, signal);
}

export default () => ({ initialize() {}, render });
