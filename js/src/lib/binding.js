import { commandChannel, CommandError } from "./commands.js";
import { throttle } from "./throttle.js";
import { createDecoder } from "./wire.js";

/** @import { Problem } from "./schema.js" */
/** @import { SharedState, WidgetModel } from "./types.js" */

/**
 * What one view of any widget knows and the kernel need not.
 * @typedef {object} SharedView
 * @property {string} notice a passing word for the status line
 * @property {Problem | null} problem a command that failed
 * @property {boolean} cancelling
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

const SAVE_EVERY = 80;

/**
 * The model as a view uses it: typed traits, throttled saving, commands, and listeners that go with the view.
 * @template {object} S
 * @template {object} V
 * @param {WidgetModel} model
 * @param {AbortSignal} signal ends the view
 * @param {V} own what this widget's view knows at first
 */
export function bindModel(model, signal, own) {
  const save = throttle(() => model.save_changes(), SAVE_EVERY);
  const commands = commandChannel(model);
  const decode = createDecoder();
  const local = new EventTarget();
  /** @type {SharedView & V} */
  const view = { notice: "", problem: null, cancelling: false, ...own };

  signal.addEventListener("abort", () => {
    save.flush();
    commands.close();
  });

  /**
   * @template {Extract<keyof S, string>} K
   * @param {K} name
   * @returns {S[K]}
   */
  const get = (name) => decode(model.get(name) ?? null);

  /**
   * Shown in the page at once, sent to the kernel soon.
   * @param {Partial<S>} values
   */
  function set(values) {
    for (const [name, value] of Object.entries(values)) model.set(name, value);
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
    for (const name of names) model.on(`change:${name}`, heard);
    signal.addEventListener("abort", () => {
      for (const name of names) model.off(`change:${name}`, heard);
    });
    listener();
  }

  /** @param {Partial<SharedView> | Partial<SharedView & V>} values */
  function setView(values) {
    Object.assign(view, values);
    for (const name of Object.keys(values)) local.dispatchEvent(new Event(name));
  }

  /**
   * @param {Extract<keyof (SharedView & V), string>[]} names
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

  let painted = -1;

  /**
   * Tells the kernel, once for each, that a frame of its answer is on the screen.
   * @param {number} frame drawn just now: what is drawn in one animation frame is seen by the next
   */
  function acknowledge(frame) {
    if (model.static || frame <= painted) return;
    painted = frame;
    requestAnimationFrame(() => model.send({ command: "painted", frame }));
  }

  return { get, set, flush: save.flush, watch, view, setView, watchView, command, acknowledge, isStatic: model.static === true };
}
