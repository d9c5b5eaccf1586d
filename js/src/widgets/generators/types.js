/** @import { Binding } from "../../ui/binding.js" */
/** @import { GeneratorLabState } from "../../schema/generators/state.js" */
/** @import { SharedState } from "../../lib/types.js" */

/**
 * @typedef {object} GeneratorLabView what one view knows and the kernel need not
 * @property {number[] | null} offsets where the hands hold the sliders; null: as is set
 *
 * @typedef {Binding<SharedState & GeneratorLabState, GeneratorLabView>} GeneratorLabBinding
 */

export {};
