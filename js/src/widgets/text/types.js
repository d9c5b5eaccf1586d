/** @import { Binding } from "../../ui/binding.js" */
/** @import { TextContrastState } from "../../schema/text/state.js" */
/** @import { SharedState } from "../../lib/types.js" */

/**
 * @typedef {object} TextView what one view knows and the kernel need not
 * @property {number} word whose candidates are shown; -1: none
 * @property {boolean} playing
 *
 * @typedef {Binding<SharedState & TextContrastState, TextView>} TextBinding
 */

export {};
