import { fillList, h } from "../lib/dom.js";
import { count, duration, short } from "../lib/numbers.js";
import { deltaText, STRATEGIES } from "../lib/search-words.js";

/** @import { SearchBinding, SearchState } from "../lib/search-types.js" */

/**
 * How each network is trained, and in a saved page what else was set.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 */
export function searchSettings(model, el) {
  const list = h("dl.xai-facts");
  el.append(h("details.xai-recipe", { open: model.isStatic }, h("summary", "How it is trained"), list));
  const names = /** @type {const} */ (["settings", "deltas", "max_time", "max_trial", "max_gain", "strategy", "race"]);
  model.watch([...names], () => {
    const facts = [...recipe(model.get("settings")), ...(model.isStatic ? asked(model) : [])].filter(([, value]) => value);
    fillList(list, facts, () => h("div", h("dt"), h("dd")), (item, [name, value]) => {
      item.children[0].textContent = name;
      item.children[1].textContent = value;
    });
  });
}

/** @param {SearchState["settings"]} settings */
function recipe(settings) {
  return [
    ["network", settings.network],
    ["training inputs", count(settings.inputs)],
    ["held out", settings.held_out === null ? "none" : count(settings.held_out)],
    ["classes", count(settings.classes)],
    ["epochs", count(settings.epochs)],
    ["batch size", count(settings.batch_size)],
    ["learning rate", short(settings.learning_rate)],
    ["kernel initializer", settings.kernel_initializer ?? ""],
    ["bias initializer", settings.bias_initializer ?? ""],
    ["seed", String(settings.seed)],
    ["device", settings.device],
    ["workers", settings.workers ?? ""],
  ];
}

/** @param {SearchBinding} model */
function asked(model) {
  const [time, trials, gain] = [model.get("max_time"), model.get("max_trial"), model.get("max_gain")];
  return [
    ["strategy", model.get("race") ? "race of both" : STRATEGIES[model.get("strategy")]],
    ["deltas", model.get("deltas").map(deltaText).join(", ")],
    ["most time", time === null ? "no limit" : duration(time)],
    ["trials per delta", trials === null ? "no limit" : count(trials)],
    ["gain aimed at", gain === null ? "no limit" : `${short(100 * gain)} points`],
  ];
}
