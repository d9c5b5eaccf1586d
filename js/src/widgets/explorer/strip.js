import { h, fillList, setAttribute } from "../../ui/dom.js";
import { paintPicture } from "../../ui/paint.js";
import { saveFile } from "../../ui/save.js";
import { fileName } from "./words.js";

/** @import { ExplorerBinding } from "./types.js" */
/** @import { ShownQuestion } from "../../lib/schema.js" */

/**
 * The questions answered so far: a click asks one again, its star pins it, and the pins become a report.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export function stripView(model, el, signal) {
  const list = h("ol.xai-questions", { "aria-label": "Asked so far" });
  const report = h("button.xai-button", { title: "save what is pinned, or all if nothing is, as a page that needs no kernel" }, "Report");
  const group = h("div", { role: "group", "aria-label": "Ask again, or pin" }, list);
  const root = h("section.xai-question-strip.xai-live", h("h3", "Asked so far"), group, report);
  el.append(root);

  /** @param {number} position @returns {ShownQuestion} the latest comes first */
  const questionAt = (position) => model.get("questions")[model.get("questions").length - 1 - position];

  /** @param {number} position */
  function create(position) {
    const again = h("button.xai-selectable.xai-again", h("canvas", { "aria-hidden": "true" }), h("span"));
    const star = h("button.xai-star");
    again.addEventListener("click", () => model.command("ask", { text: questionAt(position).query }), { signal });
    star.addEventListener("click", () => {
      const { query, pinned } = questionAt(position);
      model.command("pin", { query, pinned: !pinned });
    }, { signal });
    return h("li", again, star);
  }

  model.watch(["questions"], () => {
    const questions = [...model.get("questions")].reverse();
    root.hidden = !questions.length;
    fillList(list, questions, create, (item, { title, query, thumbnail, pinned }) => {
      const [again, star] = /** @type {HTMLElement[]} */ ([...item.children]);
      const [canvas, name] = /** @type {[HTMLCanvasElement, HTMLElement]} */ (/** @type {unknown} */ ([...again.children]));
      paintPicture(canvas, thumbnail);
      name.textContent = title;
      again.title = `${title}\n${query}`;
      star.textContent = pinned ? "★" : "☆";
      star.title = pinned ? "take it out of the report" : "pin it, for the report";
      setAttribute(star, "aria-label", `Pin ${title}`);
      setAttribute(star, "aria-pressed", String(pinned));
    });
  });

  report.addEventListener("click", async () => {
    const questions = model.get("questions");
    const answer = await model.command("report");
    if (!answer) return;
    const pinned = questions.filter((question) => question.pinned);
    const { title } = pinned.at(-1) ?? /** @type {ShownQuestion} */ (questions.at(-1));
    saveFile(new Blob([answer.report], { type: "text/html" }), `${fileName(title)}.html`, root);
    model.setView({ notice: "Report saved", problem: null });
  }, { signal });
}
