import { settingsPanel } from "../../ui/settings.js";
import { DISAGREEMENT } from "../../schema/disagreement/state.js";

/** @import { DisagreementBinding } from "./types.js" */

/**
 * @param {DisagreementBinding} model
 * @param {HTMLElement} el
 */
export const settingsView = (model, el) => settingsPanel(model, el, DISAGREEMENT);
