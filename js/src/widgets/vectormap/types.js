/** @import { Binding } from "../../ui/binding.js" */
/** @import { Colouring } from "./colours.js" */
/** @import { Camera, Frame } from "./scene.js" */
/** @import { VectorMapState } from "../../schema/vectormap/state.js" */
/** @import { SharedState } from "../../lib/types.js" */

/**
 * @typedef {object} VectorMapView what one view knows and the kernel need not
 * @property {Float32Array | null} places where the points are drawn just now: x, y, x, y, ...
 * @property {Frame} frame in which the plane lies
 * @property {Camera} camera
 * @property {"lasso" | "move"} hand what a drag does
 * @property {number} at the point that is pointed at, or that the keys have gone to; -1: none
 * @property {Colouring} colouring
 * @property {Uint8Array} states how each point is drawn: dimmed, usual or chosen
 * @property {number} from the first of the chosen pictures in sight
 * @property {number} row the first of the table's rows in sight
 *
 * @typedef {Binding<SharedState & VectorMapState & {opened: string | null}, VectorMapView>} VectorMapBinding
 */

export {};
