import { count, duration } from "../../lib/numbers.js";
import { pointsText, spreadText, stateText, STRATEGIES, trainingName } from "./text.js";
import { createLedger } from "../../ui/ledger.js";

/** @import { ShownRecipe } from "../../schema/search/output.js" */
/** @import { SearchBinding } from "./types.js" */
/** @import { Search } from "./trials.js" */

/**
 * The ledger of a search, or of both in a race.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 */
export function searchLedger(model, el) {
  const show = createLedger(el);
  const draw = () => show(model.view.searches.length ? entries(model) : []);
  model.watchView(["searches"], draw);
  model.watch(["status", "paused", "settings"], draw);
}

/** @param {SearchBinding} model */
function entries(model) {
  const { searches } = model.view;
  const running = model.get("status").state === "running";
  const { seed, device, workers } = /** @type {ShownRecipe} */ (model.get("settings"));
  /** @param {(search: Search) => string} value */
  const each = (value) => searches.map(value).join(" | ");
  const title = (/** @type {string} */ text) =>
    text +
    (searches.length > 1
      ? `; ${searches.map(({ strategy }) => STRATEGIES[strategy].toLowerCase()).join(" | ")}`
      : "");
  return [
    {
      name: "trainings",
      value: each((search) => count(search.count + 1)),
      title: title("the start among them"),
    },
    {
      name: "best",
      value: each((search) => trainingName(search.best)),
      title: title("the most accurate on the training data"),
    },
    {
      name: "gain",
      value: each((search) => `${pointsText(Math.max(0, search.best.gain), 2)} points`),
      title: title("of the best over the start"),
    },
    {
      name: "range",
      value: each((search) => spreadText(search.spread)),
      title: title("spread: from the least to the most accurate, on the training data"),
    },
    {
      name: "stopped by",
      value: each((search) => stateText(search, running, model.get("paused")).replace("stopped by: ", "")),
      title: title("what has ended the search"),
    },
    {
      name: "time",
      value: each((search) => duration(search.seconds)),
      title: title("from the start of the search"),
    },
    { name: "seed", value: String(seed), title: "the same seed gives the same numbers" },
    { name: "device", value: device, title: "where the networks were trained" },
    ...(workers ? [{ name: "workers", value: workers, title: "who trained at the same time" }] : []),
  ];
}
