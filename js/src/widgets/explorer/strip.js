import { h, setAttribute } from "../../ui/dom.js";
import { questionStrip } from "../../ui/question-strip.js";
import { saveFile } from "../../ui/save.js";
import { fileName } from "./words.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { ShownQuestion } from "../../schema/explorer/output.js" */

/**
 * The questions answered so far: a click asks one again, its star pins it, and the pins become a report.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function stripView(model, el) {
  const report = h(
    "button.xai-button",
    { title: "save what is pinned, or all if nothing is, as a page that needs no kernel" },
    "Report",
  );
  const strip = questionStrip(el, {
    again: (/** @type {ShownQuestion} */ { query, beside }) => model.command("ask", { text: query, beside }),
    beside(questionOf) {
      const star = h("button.xai-star", {
        onclick: () => {
          const { query, pinned, beside } = questionOf();
          model.command("pin", { query, pinned: !pinned, beside });
        },
      });
      return [star];
    },
    fill(item, { title, query, pinned }) {
      const [again, star] = /** @type {HTMLElement[]} */ ([...item.children]);
      again.title = `${title}\n${query}`;
      star.textContent = pinned ? "★" : "☆";
      star.title = pinned ? "take it out of the report" : "pin it, for the report";
      setAttribute(star, "aria-label", `Pin ${title}`);
      setAttribute(star, "aria-pressed", String(pinned));
    },
    end: [report],
  });
  model.watch(["questions"], () => strip.show(model.get("questions")));

  report.addEventListener("click", async () => {
    const questions = model.get("questions");
    const answer = await model.command("report");
    if (!answer) return;
    const pinned = questions.filter((question) => question.pinned);
    const { title } = pinned.at(-1) ?? /** @type {ShownQuestion} */ (questions.at(-1));
    saveFile(new Blob([answer.report], { type: "text/html" }), `${fileName(title)}.html`, strip.root);
    model.setView({ notice: "Report saved", problem: null });
  });
}
