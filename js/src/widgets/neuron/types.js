/** @import { Binding } from "../../ui/binding.js" */
/** @import { NeuronState } from "../../schema/neuron/state.js" */
/** @import { SharedState } from "../../lib/types.js" */

/**
 * @typedef {object} NeuronView what one view knows and the kernel need not
 * @property {number} step how far along the concept the moved picture is shown
 *
 * @typedef {Binding<SharedState & NeuronState, NeuronView>} NeuronBinding
 */

export {};
