/** @import { Binding } from "../../ui/binding.js" */
/** @import { DetectorState } from "../../schema/detector/state.js" */
/** @import { SharedState } from "../../lib/types.js" */
/** @import { Cut } from "./cuts.js" */
/** @import { Sample } from "./scores.js" */

/**
 * @typedef {DetectorState["part"]} Part
 * @typedef {DetectorState["rule"]} Rule
 *
 * @typedef {object} DetectorView what one view knows and the kernel need not
 * @property {Sample | null} sample
 * @property {Cut | null} cut where the dial stands
 * @property {number} from the first of the images in the grid
 *
 * @typedef {Binding<SharedState & DetectorState & {opened: string | null}, DetectorView>} DetectorBinding
 */

export {};
