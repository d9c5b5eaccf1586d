import { fillList, h, oncePerFrame, setAttribute } from "../lib/dom.js";
import { count, duration, percent, short } from "../lib/numbers.js";
import { deltaText, pointsText } from "../lib/search-words.js";
import { isBest, seriesOf, sorted } from "../lib/trials.js";

/** @import { SearchBinding } from "../lib/search-types.js" */
/** @import { Sorting, Trial } from "../lib/trials.js" */

const PAGE = 100;

/** @type {readonly {key: Sorting["key"], name: string, down: boolean, text: (trial: Trial) => string}[]} down: what comes first */
const COLUMNS = [
  { key: "delta", name: "delta", down: false, text: ({ delta, number }) => (number ? deltaText(delta) : "–") },
  { key: "number", name: "trial", down: false, text: ({ number }) => (number ? count(number) : "the start") },
  { key: "accuracy", name: "training", down: true, text: ({ accuracy, diverged }) => (diverged ? "diverged" : percent(accuracy, 2)) },
  { key: "heldOut", name: "held-out", down: true, text: ({ heldOut }) => percent(heldOut, 2) },
  { key: "gain", name: "gain", down: true, text: ({ gain }) => pointsText(gain, 2) },
  { key: "loss", name: "loss", down: false, text: ({ loss }) => (Number.isFinite(loss) ? loss.toFixed(4) : "–") },
  { key: "took", name: "took", down: true, text: ({ took }) => (Number.isFinite(took) ? `${short(took)} s` : "–") },
  { key: "finished", name: "finished", down: true, text: ({ finished }) => duration(finished) },
];

/**
 * Every training, newest first until a header is pressed.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function trialsTable(model, el, signal) {
  const heads = COLUMNS.map(({ key, name, down }) => {
    const button = h("button.xai-sort", name);
    button.addEventListener("click", () => {
      const { sorting } = model.view;
      model.setView({ sorting: { key, down: sorting.key === key ? !sorting.down : down } });
    }, { signal });
    return h("th", { scope: "col" }, button);
  });
  const body = h("tbody");
  const table = h("table.xai-trials", { "aria-label": "Trials" }, h("thead", h("tr", ...heads)), body);
  const scroll = h("div.xai-trials-scroll", { tabindex: 0, role: "group", "aria-label": "Table of trials" }, table);
  const more = h("button.xai-button.xai-more");
  const root = h("section.xai-trainings", { "aria-label": "All trainings" }, h("h3", "All trainings"), scroll, more);
  el.append(root);
  let shown = PAGE;

  const paint = oncePerFrame(() => {
    if (signal.aborted) return;
    const { searches, sorting } = model.view;
    const trials = sorted(searches.flatMap((search) => [...search.trials, search.start]), sorting);
    root.hidden = !trials.length;
    heads.forEach((head, i) => setAttribute(head, "aria-sort", COLUMNS[i].key === sorting.key ? (sorting.down ? "descending" : "ascending") : null));
    const unknown = COLUMNS.map(({ key }) => key !== "delta" && !trials.some((trial) => Number.isFinite(trial[key])));
    heads.forEach((head, i) => setAttribute(head, "hidden", unknown[i]));
    fillList(body, trials.slice(0, shown), createRow, (row, trial) => {
      const best = searches.some((search) => isBest(trial, search));
      row.className = `xai-${trial.number ? seriesOf(model.view.series, trial.delta) : "start"}${best ? " xai-best" : ""}${trial.diverged ? " xai-diverged" : ""}`;
      setAttribute(row, "aria-current", best || null);
      COLUMNS.forEach(({ text }, i) => {
        setAttribute(row.children[i], "hidden", unknown[i]);
        write(row.children[i], text(trial));
      });
    });
    const left = trials.length - shown;
    more.hidden = left <= 0;
    more.textContent = left > PAGE ? `${count(PAGE)} more of ${count(left)}` : `${count(left)} more`;
  });
  model.watchView(["searches", "sorting"], paint);
  more.addEventListener("click", () => {
    shown += PAGE;
    paint();
  }, { signal });
}

const createRow = () => h("tr", ...COLUMNS.map(() => h("td")));

/** @param {Element} cell @param {string} text */
function write(cell, text) {
  if (cell.textContent !== text) cell.textContent = text;
}
