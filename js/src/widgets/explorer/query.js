import { h, setAttribute } from "../../ui/dom.js";
import { unfold } from "../../ui/fold.js";
import { caretUnder, offsetOfColumn } from "./caret.js";
import { recall } from "./history.js";
import { suggestions } from "./suggestions.js";

/** @import { ExplorerBinding } from "./types.js" */

/**
 * The query that gives this picture: read it, change it, Enter asks it.
 * @param {ExplorerBinding} model
 * @param {HTMLElement} el
 */
export function queryView(model, el) {
  const input = h("input.xai-query-input", {
    type: "text",
    "aria-label": "Query",
    spellcheck: "false",
    autocomplete: "off",
    autocapitalize: "off",
    readonly: model.isStatic,
    oninput: () => {
      place = { at: Infinity, draft: "" };
      markEdited();
      suggested.open();
    },
  });
  const hint = h("span.xai-query-hint", "Enter asks, Escape restores");
  const excerpt = h("pre.xai-query-caret", { "aria-hidden": "true" });
  const message = h("span.xai-query-message");
  const trouble = h("div.xai-query-error", { role: "alert" });
  const label = h(
    "label.xai-query.xai-asks",
    { "data-export": "" },
    h("span.xai-label.xai-query-label", "Query"),
    input,
    hint,
  );
  const suggested = suggestions(model, input, () => markEdited());
  el.append(h("div.xai-asking", label, suggested.list, trouble));

  let shown = "";
  let place = { at: Infinity, draft: "" };
  const isEdited = () => input.value !== shown;

  function markEdited() {
    label.classList.toggle("xai-edited", isEdited());
  }

  function restore() {
    shown = model.get("query");
    input.value = shown;
    place = { at: Infinity, draft: "" };
    markEdited();
    complain(null);
  }

  /** @param {{message: string, column: number | null} | null} problem */
  function complain(problem) {
    setAttribute(input, "aria-invalid", problem ? "true" : null);
    trouble.replaceChildren();
    if (!problem) return;
    unfold(input);
    if (problem.column !== null) {
      const { excerpt: line, mark } = caretUnder(input.value, problem.column);
      excerpt.textContent = `${line}\n${mark}`;
      trouble.append(excerpt);
      const offset = offsetOfColumn(input.value, problem.column);
      if (document.activeElement === input) input.setSelectionRange(offset, offset + 1);
    }
    message.textContent = problem.message;
    trouble.append(message);
  }

  async function ask() {
    const text = input.value;
    complain(null);
    suggested.close();
    const answer = await model.command("ask", { text }, { onError: complain });
    if (!answer) return;
    // The kernel may write the same question in its own words; what was typed meanwhile stays.
    if (input.value === text) restore();
  }

  /** @param {1 | -1} step */
  function goThroughHistory(step) {
    const found = recall(
      model.get("questions").map(({ query }) => query),
      place,
      input.value,
      step,
    );
    if (!found) return;
    place = found;
    input.value = found.text;
    suggested.close();
    markEdited();
  }

  model.watch(["query"], () => {
    if (isEdited()) return;
    restore();
  });

  model.watch(["error"], () => {
    const error = model.get("error");
    if (error && error.column !== null) complain(error);
  });

  if (model.isStatic) return;
  input.addEventListener("keydown", (event) => {
    if (suggested.takesKey(event)) event.preventDefault();
    if (event.defaultPrevented) return;
    if (event.key === "Enter") ask();
    else if (event.key === "Escape") restore();
    else if (event.key === "ArrowUp") goThroughHistory(-1);
    else if (event.key === "ArrowDown") goThroughHistory(1);
    else return;
    event.preventDefault();
  });
}
