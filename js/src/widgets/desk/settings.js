import { settingsPanel } from "../../ui/settings.js";
import { DESK } from "../../lib/schema.js";

/** @import { DeskBinding } from "./types.js" */

/**
 * @param {DeskBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export const settingsView = (model, el, signal) => settingsPanel(model, el, signal, DESK);
