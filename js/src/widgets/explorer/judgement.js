import { h, setBlocked } from "../../ui/dom.js";
import { percent, short } from "../../lib/numbers.js";
import { drawPlot } from "../../ui/plot/axes.js";
import { key, plotFigure } from "../../ui/plot/key.js";
import { copyText } from "../../ui/save.js";
import { createTable } from "../../ui/table.js";
import { isAnswered } from "./shown.js";
import { CHECKS, chanceText, measureText, VERDICTS, verdictOf } from "./verdict.js";
import { plainOutput } from "./words.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { EvaluatedCurve, Judgement, ShownCheck } from "../../schema/explorer/output.js" */
/** @import { ShownAttribution } from "../../schema/shared.js" */

const SIZE = { width: 330, height: 170 };
/** How many standard deviations the band of random orders goes to either side. */
const BAND = 2;
const WHAT =
  "Is the map right? Each check asks the network anew, and compares the map with chance, and with two " +
  "maps that know no network.";
const HEADS = ["Check", "This map", "Chance", "Centre bump", "Edge map", "Verdict"];
const TITLES = [
  "",
  "with its 95 % interval",
  "where the middle 95 % of guesses lie",
  "a hill in the middle of the picture, as photographers put what matters there",
  "how steep the picture is",
  "better only if all of the interval is above chance",
];

/** @typedef {"deletion" | "insertion"} CurveName */

/**
 * How good the map on the screen is: asked for by hand, gone with the map.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function judgementView(model, el) {
  const said = h("p.xai-judgement-text", { role: "status", "aria-live": "polite", "data-export": "" });
  const start = h("button.xai-button.xai-live.xai-judge", {
    onclick: () => {
      if (judgementOf(model)?.running) model.command("stop", { work: "judge" });
      else model.command("judge");
    },
  });
  const mark = h("button.xai-button.xai-live.xai-mark-truth", {
    onclick: () => {
      const window = model.get("trail").at(-1);
      // The map that is checked is that of what is around the place.
      if (window) model.set({ truth: window, trail: model.get("trail").slice(0, -1) });
      else model.set({ truth: null });
    },
  });
  const copy = h(
    "button.xai-button",
    {
      onclick: async () => {
        await copyText(judgementOf(model)?.code ?? "", buttons);
        model.setView({ notice: "Python copied", problem: null });
      },
    },
    "Copy Python",
  );
  const far = h("span.xai-label");
  const buttons = h("div.xai-judge-buttons", start, mark, copy, far);
  const problem = h("p.xai-judge-problem", { role: "alert" });
  const table = createTable("xai-checks", "Checks of the map", HEADS);
  table.columns.forEach((column, i) => {
    column.title = TITLES[i];
  });
  table.root.dataset.export = "";
  const plots = { deletion: plotFigure(), insertion: plotFigure() };
  el.append(
    h(
      "section.xai-judgement",
      said,
      buttons,
      problem,
      table.root,
      h("div.xai-judge-plots", plots.deletion, plots.insertion),
    ),
  );
  /** @type {Partial<Record<CurveName, EvaluatedCurve>>} */
  const drawn = {};

  function show() {
    const judgement = judgementOf(model);
    const { attribution } = model.view.shown.main;
    const { checks = [], curves = {}, running = false, done = 0, total = null, note = "" } = judgement ?? {};
    const text = verdictOf(checks) || (model.isStatic ? "" : WHAT);
    if (said.textContent !== text && !running) said.textContent = text;
    if (running && !checks.length) said.textContent = "Checking…";
    far.textContent = [running && total ? percent(done / total, 0) : "", note].filter(Boolean).join(", ");
    problem.textContent = judgement?.problem ?? "";
    start.textContent = running ? "Stop checking" : checks.length ? "Check again" : "Check this map";
    setBlocked(start, model.get("blocked").judge);
    copy.hidden = !judgement?.code;
    start.hidden = mark.hidden = model.isStatic;
    table.root.hidden = !checks.length;
    table.show(
      checks,
      cells,
      () => false,
      (row, { name, basis }) => {
        row.title = `${CHECKS[name].term}; ${basis}`;
      },
    );
    for (const name of /** @type {CurveName[]} */ (["deletion", "insertion"])) {
      const curve = curves[name];
      plots[name].hidden = !curve || !attribution;
      if (curve && attribution && curve !== drawn[name])
        plots[name].replaceChildren(...plotOf(name, curve, attribution));
      drawn[name] = curve;
    }
  }
  model.watch(["judgement", "blocked", "target", "prediction", "trail", "layer"], show);
  model.watchView(["shown"], show);

  function showMark() {
    const [window, truth] = [model.get("trail").at(-1), model.get("truth")];
    mark.textContent = truth && !window ? "Forget the true place" : "This window is the true place";
    const none =
      window || truth ? undefined : "draw a window around what the class is about, then press this";
    setBlocked(mark, none, "localisation: how much of the map lies where a person says the class is");
  }
  model.watch(["trail", "truth"], showMark);
}

/**
 * The judgement of the map that is drawn: one of another map, or of another question than the page asks, is none.
 * @param {ExplorerBinding} model
 * @returns {Judgement | null}
 */
function judgementOf(model) {
  const judgement = model.get("judgement");
  const {
    main: { attribution },
    waiting,
  } = model.view.shown;
  const isOfMap = judgement?.frame === attribution?.frame && judgement?.layer === model.get("layer");
  return judgement && isOfMap && isAnswered(model) && !waiting ? judgement : null;
}

/** @param {ShownCheck} check @returns {string[]} */
const cells = (check) => [
  CHECKS[check.name].row,
  measureText(check.value),
  chanceText(check),
  measureText(check.centre),
  measureText(check.edges),
  VERDICTS[check.verdict],
];

/**
 * @param {CurveName} name
 * @param {EvaluatedCurve} curve
 * @param {ShownAttribution} attribution
 */
function plotOf(name, { share, scores, random, spread }, { output, label }) {
  const verb = name === "deletion" ? "hidden" : "shown";
  const score = plainOutput(output === "probability" ? output : "logit");
  const plot = drawPlot(
    {
      label:
        `The ${score} of ${label} while parts are ${verb}, the strongest first: from ${short(scores[0])} ` +
        `to ${short(scores.at(-1))}; ` +
        `half-way ${short(scores[scores.length >> 1])}, in random orders ${short(random[random.length >> 1])}.`,
      x: { name: `share of parts ${verb}`, domain: [0, 1], format: (part) => percent(part, 0) },
      y: { name: score },
      lines: [
        {
          name: "random",
          kind: "random-order",
          x: share,
          y: random,
          error: spread.map((each) => BAND * each),
          dashed: true,
        },
        { name, kind: name, x: share, y: scores },
      ],
    },
    SIZE,
  );
  const legend = h(
    "figcaption",
    key(name, false, `${name}, in the order of the map`),
    key("random-order", true, `random orders, ±${BAND} standard deviations`),
  );
  return [plot.element, legend];
}
