/** @import { Binding } from "../../ui/binding.js" */
/** @import { NeuronState } from "../../lib/schema.js" */
/** @import { SharedState } from "../../lib/types.js" */

/** @typedef {Binding<SharedState & NeuronState, {}>} NeuronBinding */

export {};
