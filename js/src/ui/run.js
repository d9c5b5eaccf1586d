import { h, setAttribute, setDisabled } from "./dom.js";
import { icon } from "./icons.js";
import { count, duration } from "../lib/numbers.js";

/** @import { Binding } from "./binding.js" */
/** @import { View } from "./page.js" */
/** @import { Problem } from "../schema/shared.js" */

/**
 * @typedef {object} Words some follow the widget's own state
 * @property {string} work what the bar measures
 * @property {string} unit of its numbers
 * @property {string} partial what there is when it was stopped
 * @property {Readonly<Record<string, string>>} [notes] plain words for what the work says of itself
 * @property {(model: any) => string} [start] what the button says
 * @property {string} [stop]
 * @property {string} [stopping]
 * @property {(model: any) => string} [instead] of what the state is usually called, if not empty
 * @property {(model: any, refresh: () => void) => void} [watch] what these depend on
 */

/**
 * Run and cancel.
 * @param {Words} words
 * @returns {View}
 */
export const runButton =
  ({ start = () => "Run", stop = "Cancel", stopping = "Cancelling…", watch }) =>
  (/** @type {Binding} */ model, el) => {
    const word = h("span");
    const button = h(
      "button.xai-button.xai-primary.xai-run.xai-solid.xai-live",
      {
        onclick: () => {
          if (isRunning()) cancel();
          else model.command("run");
        },
      },
      icon("run"),
      word,
    );
    el.append(button);
    const isRunning = () => model.get("status").state === "running";

    function show() {
      const running = isRunning();
      const { cancelling } = model.view;
      word.textContent = !running ? start(model) : cancelling ? stopping : stop;
      button.firstElementChild?.replaceWith(icon(running ? "stop" : "run"));
      button.classList.toggle("xai-stopping", running);
      setDisabled(button, running && cancelling);
    }
    model.watch(["status"], show);
    model.watchView(["cancelling"], show);
    watch?.(model, show);

    async function cancel() {
      const answer = model.command("cancel");
      model.setView({ cancelling: true });
      if (!(await answer)) model.setView({ cancelling: false });
    }
  };

/**
 * How far the work is.
 * @param {Words} words
 * @returns {View}
 */
export const progress =
  ({ work, unit, partial, notes = {}, stopping = "Cancelling…", instead, watch }) =>
  (/** @type {Binding} */ model, el) => {
    const fill = h("div.xai-progress-fill");
    const bar = h("div.xai-progress", { role: "progressbar", "aria-label": work }, fill);
    const figures = h("span.xai-progress-text");
    const spoken = h("span.xai-status", { role: "status", "aria-live": "polite" });
    el.append(h("div.xai-progress-place", bar, h("div.xai-progress-line", spoken, figures)));

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
      // Of a single step there is nothing to count.
      const amount =
        total === 1 ? "" : [count(done), total && `of ${count(total)}`, unit].filter(Boolean).join(" ");
      const spent = done || total ? [amount, duration(seconds)].filter(Boolean).join(", ") : "";
      figures.textContent = [spent, notes[note] ?? note].filter(Boolean).join(" · ");
      say();
    });

    function say() {
      const running = model.view.cancelling ? stopping : "Running";
      const states = {
        running,
        idle: "Ready",
        unfinished: "Not finished when this was saved",
        done: "Done",
        partial: `Stopped early: ${partial}`,
        error: "Failed",
      };
      const text = model.view.notice || instead?.(model) || states[model.get("status").state];
      // A live region speaks whenever it is written to, so it is written only when it has something new.
      if (spoken.textContent !== text) spoken.textContent = text;
    }
    model.watchView(["cancelling", "notice"], say);
    watch?.(model, say);
  };

/** Keys that go somewhere and do nothing. */
const QUIET = new Set(["Tab", "Shift", "Control", "Alt", "Meta"]);
/** What is taller than this is no button: what was pressed is where the pointer was. */
const TALL = 60;

/**
 * What went wrong, beside what was pressed; the next gesture takes it away. It lies over the page and pushes nothing: a
 * hand may be on the picture when it comes.
 * @param {Binding} model
 * @param {HTMLElement} el
 */
export function alertView(model, el) {
  const page = /** @type {HTMLElement} */ (el.closest(".xai-root"));
  const message = h("span.xai-alert-text", { role: "alert" });
  const close = h("button.xai-away", { "aria-label": "Dismiss", onclick: dismiss }, icon("close"));
  const root = h("div.xai-alert", message, close);
  el.append(root);
  /** @type {Problem | null} */
  let dismissed = null;

  /** @type {{target: Element, y: number | null} | null} */
  let pressed = null;
  /** @param {Event} event */
  function follow(event) {
    if (!(event.target instanceof Element) || root.contains(event.target)) return;
    if (event instanceof KeyboardEvent && QUIET.has(event.key)) return;
    pressed = { target: event.target, y: event instanceof PointerEvent ? event.clientY : null };
    if (!root.hidden) dismiss();
  }
  for (const type of ["pointerdown", "keydown"]) page.addEventListener(type, follow, { capture: true });

  function place() {
    if (!pressed?.target.isConnected) return;
    const [around, box] = [
      (root.offsetParent ?? page).getBoundingClientRect(),
      pressed.target.getBoundingClientRect(),
    ];
    const [top, bottom] =
      box.height > TALL && pressed.y !== null ? [pressed.y, pressed.y] : [box.top, box.bottom];
    const above = bottom + root.offsetHeight > window.innerHeight && top > root.offsetHeight;
    const left = Math.max(0, Math.min(box.left - around.left, around.width - root.offsetWidth));
    root.style.inset = `${(above ? top - root.offsetHeight : bottom) - around.top}px auto auto ${left}px`;
  }

  /** An error with a column is shown under the query. */
  const pressing = () =>
    model.view.problem ?? (model.get("error")?.column == null ? model.get("error") : null);

  function show() {
    const problem = pressing();
    const text = problem && problem !== dismissed ? problem.message : "";
    if (message.textContent !== text) message.textContent = text;
    root.hidden = !text;
    if (text) place();
  }
  function dismiss() {
    dismissed = pressing();
    show();
  }
  model.watch(["error"], show);
  model.watchView(["problem"], show);
}
