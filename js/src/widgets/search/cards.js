import { fillList, h } from "../../ui/dom.js";
import { count, percent } from "../../lib/numbers.js";
import { domainOf } from "../../ui/plot/scale.js";
import {
  NO_VERDICT,
  pointsText,
  sentence,
  spreadText,
  stateText,
  STRATEGIES,
  STRATEGY_TERMS,
  trainingName,
} from "./text.js";
import { createRange } from "./range.js";

/** @import { SearchBinding } from "./types.js" */
/** @import { Search } from "./trials.js" */

/** What of the axis is left free on either side. */
const MARGIN = 0.06;

/**
 * The answer in a sentence: how far apart the trainings end, or which way to start is better.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 */
export function verdictView(model, el) {
  const verdict = h("p.xai-answer.xai-verdict", { "data-export": "" });
  el.append(verdict);
  function say() {
    const running = model.get("status").state === "running";
    const text = sentence(model.view.searches, model.get("comparison"));
    verdict.hidden = !text;
    verdict.textContent = text + (running && text !== NO_VERDICT ? ", so far" : "");
    verdict.title =
      model.view.searches.length > 1 ? "Difference of the means, ± two standard errors (Welch)" : "";
  }
  model.watch(["status", "comparison"], say);
  model.watchView(["searches"], say);
}

/**
 * The answer: not one number but a range, and what was paid for it.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function searchCards(model, el, signal) {
  const cards = h("div.xai-cards", { "data-export": "" });
  const nothing = h(
    "div.xai-card.xai-nothing",
    h("p.xai-spread-text", "? – ? %"),
    h(
      "p",
      "The network is trained as it is, then again and again from starts that differ a little: how far " +
        "apart do they end?",
    ),
  );
  el.append(cards, nothing);
  /** @type {ReturnType<typeof createCard>[]} */
  const made = [];

  model.watchView(["searches"], () => {
    const { searches } = model.view;
    nothing.hidden = searches.length > 0;
    const domain = domainOfAll(searches);
    const create = (/** @type {number} */ position) => {
      made[position] = createCard(signal);
      return made[position].root;
    };
    fillList(cards, searches, create, (_card, search, position) => made[position].fill(search, domain));
    say();
  });
  model.watch(["status", "paused"], say);

  function say() {
    const { searches } = model.view;
    const running = model.get("status").state === "running";
    searches.forEach((search, position) => {
      made[position].state.textContent = stateText(search, running, model.get("paused"));
    });
  }
}

/** @param {AbortSignal} signal */
function createCard(signal) {
  const name = h("h3");
  const spread = h("p.xai-spread-text");
  const over = h("p");
  const best = h("p");
  const heldOut = h("p");
  const state = h("p.xai-search-state");
  const range = createRange(signal);
  const legend = h(
    "p.xai-range-legend",
    h("span.xai-start-key", "the start"),
    " ",
    h("span.xai-best-key", "the best"),
  );
  const text = h("div.xai-card-text", name, spread, over, best, heldOut, state);
  const root = h("section.xai-card", text, h("div.xai-card-range", range.root, legend));

  /** @param {Search} search @param {[number, number]} domain */
  function fill(search, domain) {
    root.setAttribute("aria-label", STRATEGIES[search.strategy]);
    // All that is redrawn, of whatever, has one colour.
    root.className = `xai-card xai-${search.strategy === "shift" ? "shift" : "reseed"}`;
    const diverged = search.trials.filter((trial) => trial.counted && trial.diverged).length;
    const others = search.count - search.counted;
    name.textContent = STRATEGIES[search.strategy];
    name.title = STRATEGY_TERMS[search.strategy];
    spread.textContent = spreadText(search.spread);
    const failed = diverged ? `, ${count(diverged)} diverged` : "";
    const ignored = others ? `; ${count(others)} more not counted` : "";
    over.textContent = `over ${trainings(search.counted + 1)}${failed}${ignored}`;
    const gain = search.best.number ? `, ${pointsText(search.best.gain)} points` : "";
    best.textContent = `best: ${trainingName(search.best)}${gain}`;
    heldOut.textContent =
      search.best.held_out_accuracy === null ? "" : `held-out ${percent(search.best.held_out_accuracy)}`;
    heldOut.hidden = !heldOut.textContent;
    range.show(
      rowsOf(search),
      domain,
      [name, spread, over, best].map(({ textContent }) => textContent).join(", "),
    );
  }
  return { root, state, fill };
}

/** @param {number} amount */
const trainings = (amount) => `${count(amount)} training${amount === 1 ? "" : "s"}`;

/** @param {Search} search */
function rowsOf({ spread, held_out_spread, start, best, ...search }) {
  const trials = search.trials.filter(({ counted }) => counted);
  const training = {
    name: "training",
    spread,
    all: trials.map(({ accuracy }) => accuracy),
    start: start.accuracy,
    best: best.accuracy,
  };
  if (!held_out_spread || best.held_out_accuracy === null) return [training];
  const all = trials.map((trial) => trial.heldOut);
  return [
    training,
    { name: "held-out", spread: held_out_spread, all, start: start.heldOut, best: best.held_out_accuracy },
  ];
}

/**
 * One axis for all cards, so that they can be compared by eye.
 * @param {readonly Search[]} searches
 * @returns {[number, number]}
 */
function domainOfAll(searches) {
  const [low, high] = domainOf(searches.flatMap(rowsOf).map((row) => ({ y: row.spread })));
  const room = MARGIN * (high - low) || 0.005;
  return [Math.max(0, low - room), Math.min(1, high + room)];
}
