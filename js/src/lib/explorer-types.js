/** @import { Binding } from "./binding.js" */
/** @import { ExplorerState, ShownRule } from "./schema.js" */
/** @import { Shown } from "./shown.js" */
/** @import { SharedState } from "./types.js" */

/**
 * @typedef {ExplorerState["operator"]} Operator
 * @typedef {ExplorerState["reading"]} Reading which map lies over the picture
 * @typedef {ShownRule["cells"][number]} RuleCell row, column, whether it is there
 *
 * @typedef {object} ExplorerView what one view knows and the kernel need not
 * @property {{row: number, column: number} | null} hover the cell under the pointer
 * @property {RuleCell[]} rule the cells of the rule that is looked at
 * @property {Shown} shown the figures as they are drawn
 *
 * @typedef {Binding<SharedState & ExplorerState, ExplorerView>} ExplorerBinding
 */

export {};
