/** @import { Binding } from "../../ui/binding.js" */
/** @import { ExplorerState } from "../../schema/explorer/state.js" */
/** @import { ShownRule } from "../../schema/shared.js" */
/** @import { SharedState, WindowBox } from "../../lib/types.js" */
/** @import { Shown } from "./shown.js" */

/**
 * @typedef {ExplorerState["operator"]} Operator
 * @typedef {ExplorerState["reading"]} Reading which map lies over the picture
 * @typedef {ShownRule["cells"][number]} RuleCell row, column, whether it is there
 *
 * @typedef {object} ExplorerView what one view knows and the kernel need not
 * @property {{row: number, column: number} | null} hover the cell under the pointer
 * @property {RuleCell[]} rule the cells of the rule that is looked at
 * @property {Shown} shown the figures as they are drawn
 * @property {WindowBox | null} part what of the picture fills the stage; null: all of it
 * @property {boolean} drawing a hand draws, moves or resizes a window on the stage
 *
 * @typedef {Binding<SharedState & ExplorerState, ExplorerView>} ExplorerBinding
 */

export {};
