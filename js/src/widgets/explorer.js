import { bindModel } from "../lib/binding.js";
import { h } from "../lib/dom.js";
import { followShown } from "../lib/shown.js";
import { blockedView } from "../views/blocked.js";
import { breadcrumbView } from "../views/breadcrumb.js";
import { classesView } from "../views/classes.js";
import { compareView } from "../views/compare.js";
import { figuresView } from "../views/figures.js";
import { filmstripView } from "../views/filmstrip.js";
import { layersView } from "../views/layers.js";
import { ledgerView } from "../views/ledger.js";
import { legendView } from "../views/legend.js";
import { queryView } from "../views/query.js";
import { readingsView } from "../views/readings.js";
import { runView } from "../views/run.js";
import { settingsView } from "../views/settings.js";
import { takeAwayView } from "../views/take-away.js";
import { whatIfView } from "../views/what-if.js";
import { windowsView } from "../views/windows.js";

/** @import { WidgetModel } from "../lib/types.js" */

const HINT =
  "Drag to draw a window, inside it to go deeper; grip or border moves it, handles resize it. " +
  "Keys: Enter, arrows, Shift+arrows, Escape.";

/** @param {{model: WidgetModel, el: HTMLElement, signal?: AbortSignal}} context */
function render({ model: widgetModel, el, signal: given }) {
  const controller = new AbortController();
  const { signal } = controller;
  given?.addEventListener("abort", () => controller.abort(), { signal });
  const model = bindModel(widgetModel, signal);
  followShown(model);

  const top = h("div", { class: "xai-top" });
  const asking = h("div", { class: "xai-asking" });
  const runPlace = h("div", { class: "xai-run-place" });
  const progress = h("div", { class: "xai-progress-place" });
  const left = h("div", { class: "xai-left" });
  const classes = h("section", { class: "xai-panel", "aria-label": "Classes" });
  const settings = h("section", { class: "xai-panel", "aria-label": "Settings" });
  const bottom = h("div", { class: "xai-bottom" });
  const side = h("div", { class: "xai-side-panels" }, classes, settings);
  const main = h("div", { class: "xai-main" }, left, side);
  const root = h("div", { class: "xai-explorer", role: "region", "aria-label": "Explorer" }, top, progress, main, bottom);
  root.classList.toggle("xai-static", model.isStatic);
  top.append(asking, runPlace);

  queryView(model, asking, signal);
  runView(model, { button: runPlace, progress, alert: main }, signal);
  filmstripView(model, left, signal);
  breadcrumbView(model, left, signal);
  layersView(model, left, signal);
  windowsView(model, figuresView(model, left, signal), signal);
  if (!model.isStatic) left.append(h("p", { class: "xai-hint" }, HINT));
  legendView(model, left);
  classesView(model, classes, signal);
  settingsView(model, settings, signal);
  readingsView(model, side, signal);
  whatIfView(model, bottom, signal);
  if (!model.isStatic) compareView(model, bottom, signal);
  ledgerView(model, bottom);
  takeAwayView(model, bottom, signal);

  blockedView(root, signal);

  // The notebook around must not take the keys that are meant for a control.
  root.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  el.append(root);
  return () => {
    controller.abort();
    root.remove();
  };
}

export default () => ({ initialize() {}, render });
