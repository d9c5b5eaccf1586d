import { commandChannel, CommandError } from "./commands.js";
import { watchConnection } from "./connection.js";
import { createAcknowledge } from "./frames.js";
import { lastAnswer } from "./last-answer.js";
import { listen } from "./listen.js";
import { PAGE_ONLY } from "../schema/shared.js";
import { throttle } from "../lib/throttle.js";
import { createViewState } from "./view-state.js";
import { createDecoder } from "./wire.js";

/** @import { Kernel } from "./connection.js" */
/** @import { Problem, Status } from "../schema/shared.js" */
/** @import { SharedState, WidgetModel } from "../lib/types.js" */

/**
 * What one view of any widget knows and the kernel need not.
 * @typedef {object} SharedView
 * @property {string} notice a passing word for the status line
 * @property {Problem | null} problem a command that failed
 * @property {boolean} cancelling
 * @property {Kernel} kernel
 */

/**
 * @template {object} [S=SharedState] the widget's traits
 * @template {object} [V={}] what a view of this widget knows besides
 * @typedef {ReturnType<typeof bindModel<S, V>>} Binding
 */

/**
 * What a view needs that only reads these traits, of whatever widget.
 * @template {object} S
 * @typedef {Pick<Binding<S>, "get" | "watch" | "isStatic">} Reader
 */

/**
 * @typedef {(get: (name: any) => any, name: string, value: unknown) => boolean} IsKnown whether the page
 *   has the answer
 */

const SAVE_EVERY = 80;

/** @param {string} name of a trait */
const changeOf = (name) => `change:${name}`;
/** @param {string} name of a trait: what tells its views to show again what stays */
const refusalOf = (name) => (name === "status" ? "kernel" : `refused:${name}`);

/**
 * Work under way crosses as unfinished, since a saved page may be opened when nobody works any more.
 * @template {Status} T
 * @param {T} status
 * @param {Kernel} kernel
 * @returns {T}
 */
const liveStatus = (status, kernel) =>
  status.state === "unfinished" && kernel !== "gone" ? { ...status, state: "running" } : status;

/**
 * The model as a view uses it: typed traits, throttled saving, commands, and listeners that go with the view.
 * @template {object} S
 * @template {object} V
 * @param {WidgetModel} model
 * @param {AbortSignal} signal ends the view
 * @param {V} own what this widget's view knows at first
 * @param {IsKnown} [isKnown] what may be set although the kernel has gone
 */
export function bindModel(model, signal, own, isKnown = () => false) {
  const commands = commandChannel(model);
  const decode = createDecoder(() => requestAll());
  const answer = lastAnswer(model, signal, PAGE_ONLY);
  /** @type {SharedView} */
  const shared = { notice: "", problem: null, cancelling: false, kernel: model.static ? "gone" : "unknown" };
  const { view, setView, watchView, tell, hear } = createViewState(shared, own, signal);
  const connection = watchConnection(model, signal, () => commands.send("ping"), follow);
  const save = throttle(() => {
    if (!connection.isGone()) model.save_changes();
  }, SAVE_EVERY);

  signal.addEventListener("abort", () => {
    save.flush();
    commands.close();
  });
  if (!model.static) listen(model, ["change:status", "msg:custom"], answer.hear, signal);

  /** Asks for all that there is, once. */
  const requestAll = throttle(() => quietly("refresh", {}), 1000);

  /** @param {Kernel} kernel @param {Kernel} before */
  function follow(kernel, before) {
    if (kernel === "gone") answer.restore((name) => isKnown(get, name, model.get(name)));
    // Meanwhile it may have said what was not heard.
    else if (before === "gone") requestAll();
    setView(/** @type {Partial<SharedView>} */ ({ kernel, cancelling: false }));
  }

  /**
   * @template {Extract<keyof S, string>} K
   * @param {K} name
   * @returns {S[K]}
   */
  const get = (name) => {
    answer.show(name);
    const value = decode(model.get(name) ?? null);
    return name === "status" ? liveStatus(value, view.kernel) : value;
  };

  /**
   * Shown in the page at once, sent to the kernel with what comes next. Where nobody would answer it, it is not taken,
   * and its views show again what stays.
   * @param {Partial<S>} values
   */
  function put(values) {
    for (const [name, value] of Object.entries(values)) {
      const isGone = connection.isGone();
      if (model.static || PAGE_ONLY.has(name) || (isGone && isKnown(get, name, value)))
        model.set(name, value);
      else if (isGone) tell(refusalOf(name));
      else {
        answer.leave();
        model.set(name, value);
        connection.expect();
      }
    }
  }

  /**
   * Shown in the page at once, sent to the kernel soon.
   * @param {Partial<S>} values
   */
  function set(values) {
    put(values);
    save();
  }

  /**
   * Calls the listener now and whenever one of the traits changes.
   * @param {Extract<keyof S, string>[]} names
   * @param {() => void} listener
   */
  function watch(names, listener) {
    // One argument-free function for each call, so that taking it off does not take off another view's.
    const heard = () => listener();
    listen(model, names.map(changeOf), heard, signal);
    hear(names.map(refusalOf), heard);
    listener();
  }

  /**
   * Sends a command; a failure is shown in this view unless the caller takes it.
   * @param {string} name
   * @param {Record<string, unknown>} [fields]
   * @param {{onError?: (error: CommandError) => void, buffers?: ArrayBuffer[]}} [options]
   * @returns {Promise<any>} the answer, or null after a failure
   */
  async function command(name, fields, { onError, buffers } = {}) {
    if (connection.isGone()) return null;
    save.flush();
    connection.expect();
    setView({ problem: null, notice: "" });
    try {
      return await commands.send(name, fields, buffers);
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      if (error.silent) setView({ notice: error.message, cancelling: false });
      else if (onError) onError(error);
      else setView({ problem: { message: error.message, column: error.column } });
      return null;
    }
  }

  /**
   * Sends what nobody has asked for with a hand.
   * @param {string} name
   * @param {Record<string, unknown>} fields
   * @returns {Promise<any>} the answer, or null
   */
  const quietly = (name, fields) =>
    model.static || connection.isGone()
      ? Promise.resolve(null)
      : commands.send(name, fields).catch(() => null);

  const { widget_manager: manager, static: isStatic = false } = model;
  return {
    get,
    put,
    set,
    flush: save.flush,
    watch,
    view,
    setView,
    watchView,
    command,
    quietly,
    acknowledge: createAcknowledge(model, signal),
    come: connection.onCome,
    manager,
    isStatic,
  };
}
