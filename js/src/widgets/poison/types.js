/** @import { Binding } from "../../ui/binding.js" */
/** @import { PoisonState } from "../../schema/poison/state.js" */
/** @import { SharedState } from "../../lib/types.js" */

/**
 * @typedef {object} PoisonView what one view knows and the kernel need not
 * @property {number} from the first of the pictures in sight
 *
 * @typedef {Binding<SharedState & PoisonState, PoisonView>} PoisonBinding
 */

export {};
