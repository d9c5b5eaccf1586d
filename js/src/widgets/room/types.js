/** @import { Binding } from "../../ui/binding.js" */
/** @import { RoomState } from "../../schema/room/state.js" */
/** @import { SharedState } from "../../lib/types.js" */

/**
 * @typedef {object} RoomView what one view knows and the kernel need not
 * @property {boolean} paused
 * @property {number} shown the trial whose picture is on the screen, so that it can be answered; 0: none
 *
 * @typedef {Binding<SharedState & RoomState, RoomView>} RoomBinding
 */

export {};
