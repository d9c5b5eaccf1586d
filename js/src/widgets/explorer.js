import { bindModel } from "../lib/binding.js";
import { h } from "../lib/dom.js";
import { explorerPng } from "../lib/explorer-png.js";
import { followShown, NOTHING_SHOWN } from "../lib/shown.js";
import { attributionLedger } from "../views/attribution-ledger.js";
import { blockedView } from "../views/blocked.js";
import { breadcrumbView } from "../views/breadcrumb.js";
import { classesView } from "../views/classes.js";
import { compareView } from "../views/compare.js";
import { figuresView } from "../views/figures.js";
import { filmstripView } from "../views/filmstrip.js";
import { layersView } from "../views/layers.js";
import { legendView } from "../views/legend.js";
import { queryView } from "../views/query.js";
import { readingsView } from "../views/readings.js";
import { runView } from "../views/run.js";
import { settingsView } from "../views/explorer-settings.js";
import { takeAwayView } from "../views/take-away.js";
import { whatIfView } from "../views/what-if.js";
import { windowsView } from "../views/windows.js";

/** @import { ExplorerBinding } from "../lib/explorer-types.js" */
/** @import { WidgetModel } from "../lib/types.js" */

const HINT =
  "Drag to draw a window, inside it to go deeper; grip or border moves it, handles resize it. " +
  "Keys: Enter, arrows, Shift+arrows, Escape.";

const WORDS = { work: "Model evaluations", unit: "evaluations", partial: "a partial map" };

/** @param {{model: WidgetModel, el: HTMLElement, signal?: AbortSignal}} context */
function render({ model: widgetModel, el, signal: given }) {
  const controller = new AbortController();
  const { signal } = controller;
  given?.addEventListener("abort", () => controller.abort(), { signal });
  const own = { hover: null, rule: [], shown: NOTHING_SHOWN };
  const model = /** @type {ExplorerBinding} */ (bindModel(widgetModel, signal, own));
  followShown(model);

  const asking = h("div.xai-asking");
  const runPlace = h("div.xai-run-place");
  const top = h("div.xai-top", asking, runPlace);
  const progress = h("div.xai-progress-place");
  const left = h("div.xai-left");
  const classes = h("section.xai-panel", { "aria-label": "Classes" });
  const settings = h("section.xai-panel", { "aria-label": "Settings" });
  const bottom = h("div.xai-bottom");
  const side = h("div.xai-side-panels", classes, settings);
  const main = h("div.xai-main", left, side);
  const root = h("div.xai-root.xai-explorer", { role: "region", "aria-label": "Explorer" }, top, progress, main, bottom);
  root.classList.toggle("xai-static", model.isStatic);

  queryView(model, asking, signal);
  runView(model, { button: runPlace, progress, alert: main }, WORDS, signal);
  filmstripView(model, left, signal);
  breadcrumbView(model, left, signal);
  layersView(model, left, signal);
  windowsView(model, figuresView(model, left, signal), signal);
  if (!model.isStatic) left.append(h("p.xai-hint", HINT));
  legendView(model, left);
  classesView(model, classes, {
    title: "Why this class?",
    name: "Class to explain",
    automatic: "automatic (top class)",
    asked: () => model.get("target"),
    ask: (target) => model.set({ target }),
    answered: () => model.get("prediction")?.top[0]?.index,
    watch: (listener) => model.watch(["prediction", "target"], listener),
  }, signal);
  settingsView(model, settings, signal);
  readingsView(model, side, signal);
  whatIfView(model, bottom, signal);
  if (!model.isStatic) compareView(model, bottom, signal);
  attributionLedger(model, bottom);
  const texts = { query: () => model.get("query"), Python: () => model.get("code") };
  takeAwayView(model, bottom, { file: "explanation", texts, files: { PNG: () => explorerPng(model) } }, signal);

  blockedView(root, signal);

  // All moves of a drag, or of a key held down, are one step for undo: the kernel is told which belong together.
  for (const type of ["pointerdown", "keydown"]) {
    root.addEventListener(type, (event) => {
      if (!("repeat" in event && event.repeat)) widgetModel.set("gesture", (widgetModel.get("gesture") ?? 0) + 1);
    }, { signal, capture: true });
  }

  // The notebook around must not take the keys that are meant for a control.
  root.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  el.append(root);
  return () => {
    controller.abort();
    root.remove();
  };
}

export default () => ({ initialize() {}, render });
