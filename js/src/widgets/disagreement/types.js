/** @import { Binding } from "../../ui/binding.js" */
/** @import { DisagreementState } from "../../schema/disagreement/state.js" */
/** @import { SharedState } from "../../lib/types.js" */

/**
 * @typedef {object} DisagreementView what one view knows and the kernel need not
 * @property {number} shown the image that is on the screen, so that it can be voted on; -1: none
 *
 * @typedef {Binding<SharedState & DisagreementState, DisagreementView>} DisagreementBinding
 */

export {};
