import { h } from "../../ui/dom.js";
import { REPORT } from "../../schema/report/state.js";
import { choice, explainRow } from "../../ui/controls.js";
import { answerText } from "./text.js";

/** @import { ReportBinding } from "./types.js" */

/** @type {import("../../ui/run.js").Words} */
export const WORK = {
  work: "Progress",
  unit: "",
  partial: "what was read before",
  start: () => "Read again",
};

/**
 * How many people, what they were right about, and what was wrong with the log.
 * @param {ReportBinding} model
 * @param {HTMLElement} el
 */
export function answerView(model, el) {
  const answer = h("p.xai-answer.xai-report-answer", { "data-export": "" });
  const asked = h("p.xai-label", { "data-export": "" });
  const notes = h("ul.xai-report-notes", { "data-export": "" });
  el.append(answer, asked, notes);
  model.watch(["report"], () => {
    const report = model.get("report");
    if (!report) return;
    answer.textContent = answerText(report);
    asked.textContent =
      `“${report.question}” Precision and recall are of “${report.positive}”. ` +
      `Intervals are 95 %, and resample people.`;
    const unfinished = report.notes.some((note) => note.includes("have not answered all"));
    const peeking = "Who stops a study when it looks good finds what is not there: decide n before.";
    notes.replaceChildren(
      ...[...report.notes, ...(unfinished ? [peeking] : [])].map((note) => h("li", note)),
    );
    notes.hidden = !report.notes.length;
  });
}

/**
 * @param {ReportBinding} model
 * @param {HTMLElement} el
 */
export function claimView(model, el) {
  const options = /** @type {[string, string][]} */ (REPORT.alternative.choices ?? []);
  choice(model, el, REPORT.alternative.label, "alternative", () => options);
  explainRow(el, REPORT.alternative);
}
