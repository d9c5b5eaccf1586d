/** @import { Binding } from "../../ui/binding.js" */
/** @import { SurrogateState } from "../../schema/surrogate/state.js" */
/** @import { SharedState } from "../../lib/types.js" */

/**
 * @typedef {object} SurrogateView what one view knows and the kernel need not
 * @property {number} from the first of the chosen pictures in sight
 *
 * @typedef {Binding<SharedState & SurrogateState, SurrogateView>} SurrogateBinding
 */

export {};
