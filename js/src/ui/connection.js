import { listen } from "./listen.js";

/** @import { WidgetModel } from "../lib/types.js" */

/**
 * @typedef {"unknown" | "alive" | "busy" | "gone"} Kernel
 *   busy: a cell runs, and what was asked is answered after it; gone: nobody answers for this widget
 */

/**
 * @typedef {object} HostKernel the part of JupyterLab's connection that is used
 * @property {string} status
 * @property {string} connectionStatus
 * @property {{connect: (slot: () => void) => void, disconnect: (slot: () => void) => void}} statusChanged
 * @property {{connect: (slot: () => void) => void, disconnect: (slot: () => void) => void}} connectionStatusChanged
 */

/** How long a message may stay without any answer, before it is asked whether anybody is there. */
const PATIENCE = 500;
/** How long that may take where the host says that the kernel is idle, and where it says nothing. */
const SILENCE = 1400;
const SILENCE_UNSEEN = 4000;
/** How long after the last word the pointer, coming in, has it asked again. */
const STALE = 5000;

const ENDED = new Set(["dead", "restarting", "autorestarting", "terminating"]);

/**
 * Whether a kernel answers for a model. The host's word is taken first, which costs nothing; what it does not
 * know (that a new kernel has not this widget) a ping tells. One is sent when a view opens, when a message
 * stays unanswered, and when somebody comes to a page that has been silent: never while it rests.
 * @param {WidgetModel} model
 * @param {AbortSignal} signal
 * @param {() => Promise<unknown>} ping
 * @param {(now: Kernel, before: Kernel) => void} tell
 */
export function watchConnection(model, signal, ping, tell) {
  /** @type {Kernel} */
  let now = "unknown";
  let lastWord = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {"" | "patience" | "silence"} what the timer is for */
  let waiting = "";

  const host = hostOf(model);

  /** @param {Kernel} next */
  function become(next) {
    if (next === now) return;
    const before = now;
    now = next;
    tell(next, before);
  }

  /** @param {"patience" | "silence"} what @param {() => void} action @param {number} time */
  function wait(what, action, time) {
    clearTimeout(timer);
    waiting = what;
    timer = setTimeout(action, time);
  }

  function stop() {
    clearTimeout(timer);
    waiting = "";
  }

  function hear() {
    stop();
    lastWord = Date.now();
    become("alive");
  }

  function ask() {
    if (waiting === "silence") return;
    wait("silence", judge, host ? SILENCE : SILENCE_UNSEEN);
    ping().catch(() => {}); // the answer is heard as any other message
  }

  /** Nothing has come: is it at work on something else? */
  function judge() {
    waiting = "";
    if (host && host.connectionStatus === "connected" && /busy|starting|unknown/.test(host.status)) {
      become("busy");
      wait("silence", judge, SILENCE);
    } else become("gone");
  }

  /** What was sent is to be answered in some way. */
  function expect() {
    if (!waiting && now !== "gone") wait("patience", ask, PATIENCE);
  }

  const isLost = () => host !== null && (ENDED.has(host.status) || host.connectionStatus !== "connected");

  function onHost() {
    if (isLost()) {
      stop();
      become("gone");
    } else if (now === "busy" && host?.status === "idle") {
      stop();
      ask();
    } else if (now === "gone" && host?.status === "idle") ask();
  }

  if (model.static) return { expect, onCome() {}, isGone: () => false };
  listen(model, ["change:status", "msg:custom"], hear, signal);
  for (const changes of host ? [host.statusChanged, host.connectionStatusChanged] : []) {
    changes.connect(onHost);
    signal.addEventListener("abort", () => changes.disconnect(onHost));
  }
  signal.addEventListener("abort", stop);
  /** Somebody is about to act. */
  const onCome = () => void (Date.now() - lastWord > STALE && !isLost() && ask());
  if (isLost()) become("gone");
  else ask();
  return { expect, onCome, isGone: () => now === "gone" };
}

/** @param {WidgetModel} model @returns {HostKernel | null} the kernel as the host sees it, where it lets us */
function hostOf(model) {
  const kernel = /** @type {any} */ (model.widget_manager)?.kernel;
  return kernel?.statusChanged && kernel.connectionStatusChanged ? kernel : null;
}
