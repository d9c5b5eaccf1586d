import { bytesOfBase64 } from "../lib/arrays.js";
import { bindModel } from "../lib/binding.js";
import { h } from "../lib/dom.js";
import { ACCURACY } from "../lib/schema.js";
import { searchPng } from "../lib/search-png.js";
import { readSearch } from "../lib/trials.js";
import { budgetsView } from "../views/budgets.js";
import { deltasView } from "../views/deltas.js";
import { runView } from "../views/run.js";
import { searchCards } from "../views/search-cards.js";
import { searchLedger } from "../views/search-ledger.js";
import { pauseView } from "../views/search-pause.js";
import { searchPlots } from "../views/search-plots.js";
import { factList, factsOf, settingsList } from "../views/settings.js";
import { strategyView } from "../views/strategy.js";
import { takeAwayView } from "../views/take-away.js";
import { trialsTable } from "../views/trials-table.js";

/** @import { SearchBinding } from "../lib/search-types.js" */
/** @import { WidgetModel } from "../lib/types.js" */

/** @param {{model: WidgetModel, el: HTMLElement, signal?: AbortSignal}} context */
function render({ model: widgetModel, el, signal: given }) {
  const controller = new AbortController();
  const { signal } = controller;
  given?.addEventListener("abort", () => controller.abort(), { signal });
  const own = { searches: [], series: new Map(), along: "trial", heldOut: false, sorting: { key: "finished", down: true } };
  const model = /** @type {SearchBinding} */ (bindModel(widgetModel, signal, own));

  const top = h("div.xai-top", h("h2.xai-question", "How accurate is this network, really?"));
  const progress = h("div.xai-progress-place");
  const answer = h("div.xai-answer");
  const left = h("div.xai-left");
  const side = h("div.xai-side-panels");
  const main = h("div.xai-main", left, side);
  const bottom = h("div.xai-bottom");
  const root = h("div.xai-root.xai-search", { role: "region", "aria-label": "Accuracy search" }, top, progress, answer, main, bottom);
  root.classList.toggle("xai-static", model.isStatic);
  // The first to be asked for a colour gets the first, so the chips come before the lines.
  controls(model, side, signal);
  model.watch(["searches"], () => model.setView({ searches: model.get("searches").map(readSearch) }));

  pauseView(model, top, signal);
  runner(model, { button: top, progress, alert: answer }, signal);
  searchCards(model, answer, signal);
  searchPlots(model, left, signal);
  trialsTable(model, left, signal);
  searchLedger(model, bottom);
  takeAway(model, bottom, root, signal);

  // The notebook around must not take the keys that are meant for a control.
  root.addEventListener("keydown", (event) => event.stopPropagation(), { signal });
  el.append(root);
  return () => {
    controller.abort();
    root.remove();
  };
}

/** @param {SearchBinding} model @param {{button: HTMLElement, progress: HTMLElement, alert: HTMLElement}} places @param {AbortSignal} signal */
function runner(model, places, signal) {
  const refresh = runView(model, places, {
    work: "Progress",
    unit: "trainings",
    partial: "the trainings so far",
    start: () => (model.get("searches").length ? "Start anew" : "Start"),
    stop: "Stop",
    stopping: "Stopping…",
    // A search that has ended by itself can be resumed, too, once a setting gives it more to do.
    instead: () => (model.get("paused") && model.get("status").state !== "done" ? "Paused" : ""),
  }, signal);
  model.watch(["paused", "searches"], refresh);
}

/** @param {SearchBinding} model @param {HTMLElement} side @param {AbortSignal} signal */
function controls(model, side, signal) {
  const settings = h("section.xai-panel", { "aria-label": "Settings" });
  if (!model.isStatic) {
    const budgets = h("section.xai-panel", { "aria-label": "Budgets" });
    const starts = h("section.xai-panel.xai-starts", { "aria-label": "Starts" });
    side.append(budgets, starts);
    budgetsView(model, budgets, signal);
    strategyView(model, starts, signal);
    deltasView(model, starts, signal);
  }
  side.append(settings);
  const showRecipe = factList(settings, "How it is trained", model.isStatic);
  model.watch(["settings"], () => showRecipe(factsOf(model.get("settings"))));
  if (model.isStatic) settingsList(model, settings, ACCURACY);
}

/** @param {SearchBinding} model @param {HTMLElement} el @param {HTMLElement} root @param {AbortSignal} signal */
function takeAway(model, el, root, signal) {
  const network = async () => {
    const answer = await model.command("network");
    return answer && new File([bytesOfBase64(answer.safetensors)], answer.name, { type: "application/octet-stream" });
  };
  const files = { PNG: () => searchPng(root), network };
  takeAwayView(model, el, { file: "accuracy", texts: { Python: () => model.get("code") }, files }, signal);
}

export default () => ({ initialize() {}, render });
