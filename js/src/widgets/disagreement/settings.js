import { settingsPanel } from "../../ui/settings.js";
import { DISAGREEMENT } from "../../schema/disagreement/state.js";

/** @import { DisagreementBinding } from "./types.js" */

/**
 * @param {DisagreementBinding} model
 * @param {HTMLElement} el
 * @param {AbortSignal} signal
 */
export const settingsView = (model, el, signal) => settingsPanel(model, el, signal, DISAGREEMENT);
