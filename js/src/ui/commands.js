/** @import { WidgetModel } from "../lib/types.js" */

export class CommandError extends Error {
  /**
   * @param {string} message
   * @param {{column?: number | null, silent?: boolean}} [details] silent: the kernel gave no answer at all
   */
  constructor(message, { column = null, silent = false } = {}) {
    super(message);
    this.name = "CommandError";
    this.column = column;
    this.silent = silent;
  }
}

/** @typedef {{resolve: (answer: any) => void, reject: (error: CommandError) => void, timer: any}} Waiting */

/**
 * Commands to the kernel, each with its answer. Every view of a model hears all answers, so the ids are its own.
 * @param {WidgetModel} model
 * @param {{timeout?: number}} [options]
 */
export function commandChannel(model, { timeout = 10_000 } = {}) {
  const prefix = Math.random().toString(36).slice(2, 10);
  /** @type {Map<string, Waiting>} */
  const waiting = new Map();
  let count = 0;

  /** @param {string} id */
  function take(id) {
    const entry = waiting.get(id);
    if (entry) clearTimeout(entry.timer);
    waiting.delete(id);
    return entry;
  }

  /** @param {any} message */
  function receive(message) {
    const entry = take(message?.id);
    if (!entry) return;
    if (message.ok) entry.resolve(message);
    else entry.reject(new CommandError(message.error?.message ?? "the command failed", message.error));
  }

  /**
   * @param {string} command
   * @param {Record<string, unknown>} [fields]
   * @param {ArrayBuffer[]} [buffers]
   * @returns {Promise<any>} the answer
   */
  function send(command, fields = {}, buffers = []) {
    count += 1;
    const id = `${prefix}-${count}`;
    return new Promise((resolve, reject) => {
      const giveUp = () => take(id)?.reject(new CommandError("the kernel does not answer", { silent: true }));
      waiting.set(id, { resolve, reject, timer: setTimeout(giveUp, timeout) });
      model.send({ ...fields, id, command }, undefined, buffers);
    });
  }

  function close() {
    model.off("msg:custom", receive);
    for (const id of [...waiting.keys()]) take(id);
  }

  model.on("msg:custom", receive);
  return { send, close };
}
