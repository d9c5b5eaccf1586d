/** @import { Binding } from "../../ui/binding.js" */
/** @import { Morph } from "./frames.js" */
/** @import { ContrastState } from "../../schema/contrast/state.js" */
/** @import { SharedState } from "../../lib/types.js" */

/**
 * @typedef {object} ContrastView what one view knows and the kernel need not
 * @property {Morph | null} morph
 * @property {Morph | null} rival
 * @property {readonly (Morph | null)[]} columns of other networks or generators, in their order
 * @property {number} range of the colours, shared by all differences
 * @property {boolean} playing
 *
 * @typedef {Binding<SharedState & ContrastState, ContrastView>} ContrastBinding
 */

export {};
