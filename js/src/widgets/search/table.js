import { h, oncePerFrame, setAttribute } from "../../ui/dom.js";
import { count, duration, percent } from "../../lib/numbers.js";
import { deltaText, pointsText } from "./text.js";
import { createTable } from "../../ui/table.js";
import { isBest, seriesOf, sorted } from "./trials.js";

/** @import { SearchBinding } from "./types.js" */
/** @import { Sorting, Trial } from "./trials.js" */

const PAGE = 100;

/**
 * @type {readonly {key: Sorting["key"], name: string, down: boolean, title: string, text: (trial: Trial) =>
 *   string}[]} down: what comes first
 */
const COLUMNS = [
  {
    key: "delta",
    name: "shift",
    title: "delta: the initial weights are moved by the number of the trial × delta",
    down: false,
    text: ({ delta, number }) => (number ? deltaText(delta) : "–"),
  },
  {
    key: "number",
    name: "trial",
    title: "which training of this shift; the start is the training without any",
    down: false,
    text: ({ number }) => (number ? count(number) : "the start"),
  },
  {
    key: "accuracy",
    name: "training",
    title: "accuracy on the training data",
    down: true,
    text: ({ accuracy, diverged }) => (diverged ? "diverged" : percent(accuracy, 2)),
  },
  {
    key: "heldOut",
    name: "held-out",
    title: "accuracy on data that is never trained on, nor chosen by",
    down: true,
    text: ({ heldOut }) => percent(heldOut, 2),
  },
  {
    key: "gain",
    name: "gain",
    title: "training accuracy beyond that of the start, in points",
    down: true,
    text: ({ gain }) => pointsText(gain, 2),
  },
  {
    key: "loss",
    name: "loss",
    title: "cross-entropy on the training data at the end: less is better",
    down: false,
    text: ({ loss }) => (Number.isFinite(loss) ? loss.toFixed(4) : "–"),
  },
  {
    key: "took",
    name: "took",
    title: "its share of the time that it was trained in, together with others",
    down: true,
    text: ({ took }) => (Number.isFinite(took) ? `${took.toFixed(2)} s` : "–"),
  },
  {
    key: "finished",
    name: "finished",
    title: "seconds since the start of the search",
    down: true,
    text: ({ finished }) => duration(finished),
  },
];

/**
 * Every training, newest first until a header is pressed.
 * @param {SearchBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function trialsTable(model, el, signal) {
  const heads = COLUMNS.map(({ key, name, title, down }) => {
    const button = h(
      "button.xai-sort",
      {
        title,
        onclick: () => {
          const { sorting } = model.view;
          model.setView({ sorting: { key, down: sorting.key === key ? !sorting.down : down } });
        },
      },
      name,
    );
    return button;
  });
  const { root: table, columns, show } = createTable("xai-trials", "Trials", heads);
  const scroll = h(
    "div.xai-trials-scroll",
    { tabindex: 0, role: "group", "aria-label": "Table of trials" },
    table,
  );
  const more = h("button.xai-button.xai-more", {
    onclick: () => {
      shown += PAGE;
      paint();
    },
  });
  const root = h(
    "section.xai-trainings",
    { "aria-label": "All trainings" },
    h("h3", "All trainings"),
    scroll,
    more,
  );
  el.append(root);
  let shown = PAGE;

  /** @type {WeakMap<Element, Trial>} which trial a button opens now */
  const opened = new WeakMap();
  /** @param {Element} cell @param {Trial} trial */
  function openable(cell, trial) {
    if (model.isStatic || !model.get("openable")) return;
    let button = /** @type {HTMLElement | null} */ (cell.querySelector("button"));
    if (!button) {
      button = h(
        "button.xai-trial-open",
        { title: "Train it again, and see in the Explorer what it makes of what is held out" },
        cell.textContent ?? "",
      );
      cell.replaceChildren(button);
    }
    opened.set(button, trial);
  }
  table.addEventListener("click", (event) => {
    const trial = event.target instanceof Element && opened.get(event.target);
    if (!trial) return;
    const { strategy, delta, number } = trial;
    model.command("open", { strategy, delta, number });
  });

  const paint = oncePerFrame(() => {
    if (signal.aborted) return;
    const { searches, sorting } = model.view;
    const trials = sorted(
      searches.flatMap((search) => [...search.trials, search.start]),
      sorting,
    );
    root.hidden = !trials.length;
    columns.forEach((head, i) =>
      setAttribute(
        head,
        "aria-sort",
        COLUMNS[i].key === sorting.key ? (sorting.down ? "descending" : "ascending") : null,
      ),
    );
    const unknown = COLUMNS.map(
      ({ key }) => key !== "delta" && !trials.some((trial) => Number.isFinite(trial[key])),
    );
    columns.forEach((head, i) => setAttribute(head, "hidden", unknown[i]));
    const isBestOfAny = (/** @type {Trial} */ trial) => searches.some((search) => isBest(trial, search));
    show(
      trials.slice(0, shown),
      (trial) => COLUMNS.map(({ text }) => text(trial)),
      isBestOfAny,
      (row, trial) => {
        const series = trial.number ? seriesOf(model.view.series, trial.delta) : "start";
        row.className = `xai-${series}${trial.diverged ? " xai-diverged" : ""}`;
        setAttribute(row, "aria-current", isBestOfAny(trial) || null);
        unknown.forEach((hidden, i) => setAttribute(row.children[i], "hidden", hidden));
        openable(row.children[1], trial);
      },
    );
    const left = trials.length - shown;
    more.hidden = left <= 0;
    more.textContent = left > PAGE ? `${count(PAGE)} more of ${count(left)}` : `${count(left)} more`;
  });
  model.watchView(["searches", "sorting"], paint);
}
