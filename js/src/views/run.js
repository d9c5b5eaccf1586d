import { h, setAttribute, setDisabled, isDisabled } from "../lib/dom.js";
import { icon } from "../lib/icons.js";
import { count, duration } from "../lib/numbers.js";

/** @import { Binding } from "../lib/binding.js" */
/** @import { Problem, Status } from "../lib/schema.js" */

/**
 * @typedef {object} Words
 * @property {string} work what the bar measures
 * @property {string} unit of its numbers
 * @property {string} partial what there is when it was stopped
 * @property {() => string} [start] what the button says
 * @property {string} [stop]
 * @property {string} [stopping]
 * @property {() => string} [instead] of what the state is usually called, if not empty
 */

/**
 * Run and cancel, how far the work is, and what goes wrong.
 * @param {Binding} model
 * @param {{button: HTMLElement, progress: HTMLElement, alert: HTMLElement}} places
 * @param {Words} words
 * @param {AbortSignal} signal
 * @returns {() => void} looks again at what the words depend on
 */
export function runView(model, places, words, signal) {
  const { start = () => "Run", stop = "Cancel", stopping = "Cancelling…" } = words;
  const word = h("span");
  const button = h("button.xai-button.xai-primary.xai-run.xai-live", icon("run"), word);
  const fill = h("div.xai-progress-fill");
  const bar = h("div.xai-progress", { role: "progressbar", "aria-label": words.work }, fill);
  const figures = h("span.xai-progress-text");
  const spoken = h("span.xai-status", { role: "status", "aria-live": "polite" });
  places.button.append(button);
  places.progress.append(bar, h("div.xai-progress-line", spoken, figures));
  alertView(model, places.alert, signal);

  let lastDone = 0;
  model.watch(["status"], () => {
    const { state, done, total, seconds, note } = model.get("status");
    const running = state === "running";
    const startedAnew = done < lastDone;
    lastDone = done;
    if ((!running || startedAnew) && model.view.cancelling) model.setView({ cancelling: false });
    bar.classList.toggle("xai-running", running);
    // What is known already costs no evaluation.
    fill.style.width = `${state === "done" ? 100 : total ? Math.min(100, (100 * done) / total) : 0}%`;
    setAttribute(bar, "aria-valuemin", 0);
    setAttribute(bar, "aria-valuemax", total);
    setAttribute(bar, "aria-valuenow", done);
    const parts = [count(done), total && `of ${count(total)}`, words.unit];
    const amount = done || total ? `${parts.filter(Boolean).join(" ")}, ${duration(seconds)}` : "";
    figures.textContent = [amount, note].filter(Boolean).join(" · ");
    showButton();
    say();
  });

  function showButton() {
    const running = model.get("status").state === "running";
    const { cancelling } = model.view;
    word.textContent = !running ? start() : cancelling ? stopping : stop;
    button.firstElementChild?.replaceWith(icon(running ? "stop" : "run"));
    button.classList.toggle("xai-stopping", running);
    setDisabled(button, running && cancelling);
  }

  function say() {
    const text = model.view.notice || words.instead?.() || describe(model.get("status"), model.view.cancelling && stopping, words.partial);
    // A live region speaks whenever it is written to, so it is written only when it has something new.
    if (spoken.textContent !== text) spoken.textContent = text;
  }

  function refresh() {
    showButton();
    say();
  }
  model.watchView(["cancelling", "notice"], refresh);

  async function cancel() {
    const answer = model.command("cancel");
    model.setView({ cancelling: true });
    if (!(await answer)) model.setView({ cancelling: false });
  }

  button.addEventListener("click", () => {
    if (isDisabled(button)) return;
    const running = model.get("status").state === "running";
    if (running) cancel();
    else model.command("run");
  }, { signal });
  return refresh;
}

/**
 * What went wrong. It lies over the page and pushes nothing: a hand may be on the picture when it comes or goes.
 * @param {Binding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
function alertView(model, el, signal) {
  const message = h("span", { role: "alert" });
  const close = h("button.xai-away", { "aria-label": "Dismiss" }, icon("close"));
  const root = h("div.xai-alert", message, close);
  el.append(root);
  /** @type {Problem | null} */
  let dismissed = null;

  /** An error with a column is shown under the query. */
  const pressing = () => model.view.problem ?? (model.get("error")?.column == null ? model.get("error") : null);

  function show() {
    const problem = pressing();
    const text = problem && problem !== dismissed ? problem.message : "";
    if (message.textContent !== text) message.textContent = text;
    root.hidden = !text;
  }
  model.watch(["error"], show);
  model.watchView(["problem"], show);
  close.addEventListener("click", () => {
    dismissed = pressing();
    show();
  }, { signal });
}

/** @param {Status} status @param {string | false} stopping @param {string} partial */
function describe({ state }, stopping, partial) {
  if (state === "running") return stopping || "Running";
  return { idle: "Ready", done: "Done", partial: `Stopped early: ${partial}`, error: "Failed" }[state];
}
