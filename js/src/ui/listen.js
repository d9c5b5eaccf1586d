/** @import { WidgetModel } from "../lib/types.js" */

/**
 * Listens to a model, which outlives its views, until the signal.
 * @param {WidgetModel} model
 * @param {readonly string[]} events
 * @param {(...details: any[]) => void} listener
 * @param {AbortSignal} signal
 */
export function listen(model, events, listener, signal) {
  for (const event of events) model.on(event, listener);
  signal.addEventListener("abort", () => events.forEach((event) => model.off(event, listener)));
}
