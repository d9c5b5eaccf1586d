import { commandChannel, CommandError } from "./commands.js";
import { NOTHING_SHOWN } from "./shown.js";
import { throttle } from "./throttle.js";

/** @import { ExplorerState, RuleCell, WidgetModel, Problem } from "./types.js" */
/** @import { Shown } from "./shown.js" */

/**
 * What one view knows and the kernel need not.
 * @typedef {object} ViewState
 * @property {string} notice a passing word for the status line
 * @property {Problem | null} problem a command that failed
 * @property {boolean} cancelling
 * @property {{row: number, column: number} | null} hover the cell under the pointer
 * @property {RuleCell[]} rule the cells of the rule that is looked at
 * @property {Shown} shown the figures as they are drawn
 *
 * @typedef {ReturnType<typeof bindModel>} Binding
 */

const SAVE_EVERY = 80;

/**
 * The model as a view uses it: typed traits, throttled saving, commands, and listeners that go with the view.
 * @param {WidgetModel} model
 * @param {AbortSignal} signal ends the view
 */
export function bindModel(model, signal) {
  const save = throttle(() => model.save_changes(), SAVE_EVERY);
  const commands = commandChannel(model);
  const local = new EventTarget();
  /** @type {ViewState} */
  const view = { notice: "", problem: null, cancelling: false, hover: null, rule: [], shown: NOTHING_SHOWN };

  signal.addEventListener("abort", () => {
    save.flush();
    commands.close();
  });

  /**
   * @template {keyof ExplorerState} K
   * @param {K} name
   * @returns {ExplorerState[K]}
   */
  const get = (name) => model.get(name) ?? null;

  /**
   * Shown in the page at once, sent to the kernel soon.
   * @param {Partial<ExplorerState>} values
   */
  function set(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
    save();
  }

  /**
   * Calls the listener now and whenever one of the traits changes.
   * @param {(keyof ExplorerState)[]} names
   * @param {() => void} listener
   */
  function watch(names, listener) {
    // One argument-free function for each call, so that taking it off does not take off another view's.
    const heard = () => listener();
    for (const name of names) model.on(`change:${name}`, heard);
    signal.addEventListener("abort", () => {
      for (const name of names) model.off(`change:${name}`, heard);
    });
    listener();
  }

  /** @param {Partial<ViewState>} values */
  function setView(values) {
    Object.assign(view, values);
    for (const name of Object.keys(values)) local.dispatchEvent(new Event(name));
  }

  /**
   * @param {(keyof ViewState)[]} names
   * @param {() => void} listener
   */
  function watchView(names, listener) {
    for (const name of names) local.addEventListener(name, () => listener(), { signal });
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
    save.flush();
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

  /** @param {number} frame */
  const painted = (frame) => model.send({ command: "painted", frame });

  return { get, set, flush: save.flush, watch, view, setView, watchView, command, painted, isStatic: model.static === true };
}
