/** @import { Binding } from "./binding.js" */
/** @import { Bytes, NamedPicture, Picture, Prediction, SharedState, WindowBox } from "./types.js" */
/** @import { Shown } from "./shown.js" */

/**
 * @typedef {"" | "join" | "left join"} Operator
 * @typedef {"shapley" | "linear" | "tree"} Reading which map lies over the picture
 * @typedef {{name: string, agreement: number | null}} Layer
 * @typedef {{name: string, label: string, thumbnail: Picture}} Candidate
 * @typedef {[row: number, column: number, present: boolean]} RuleCell
 * @typedef {{cells: RuleCell[], text: string, value: number, share: number}} Rule
 *
 * @typedef {object} Attribution
 * @property {number} frame
 * @property {Bytes} cells float32, row by row
 * @property {Bytes} standard_error float32, as cells
 * @property {number} rows
 * @property {number} columns
 * @property {number[]} row_edges
 * @property {number[]} column_edges
 * @property {WindowBox} window
 * @property {number} target
 * @property {string} label
 * @property {string} output
 * @property {number} sum
 * @property {number} difference
 * @property {number} value
 * @property {number} baseline_output
 * @property {number} residual
 * @property {number | null} error null: it is not known
 * @property {number} evaluations
 * @property {number} total
 * @property {number} paid evaluations that were made for this map alone
 * @property {number} seconds
 * @property {number} seed
 * @property {string} device
 * @property {boolean} exact
 * @property {boolean} partial
 * @property {string | null} [layer] the layer it explains
 * @property {number[]} [weights] of a joint map: one for each figure
 *
 * @typedef {object} Other one more figure: a partner of the picture
 * @property {string} name
 * @property {string} label
 * @property {string} network
 * @property {Picture} picture
 * @property {Prediction | null} prediction
 * @property {Attribution | null} attribution null also in a join, whose one map is drawn on every figure
 *
 * @typedef {object} Curves
 * @property {number[]} share of the cells
 * @property {number[]} deletion
 * @property {number[]} insertion
 * @property {number[]} deletion_error one standard deviation
 * @property {number[]} insertion_error
 * @property {number} deletion_area
 * @property {number} insertion_area
 * @property {number | null} r2
 *
 * @typedef {object} Readings
 * @property {number} evaluations coalitions that were known already
 * @property {{cells: Bytes, r2: number | null}} linear
 * @property {{cells: Bytes, r2: number | null, rules: Rule[]}} tree
 * @property {Curves} curves
 *
 * @typedef {object} OwnState
 * @property {number} index
 * @property {number} opacity
 * @property {number} seed
 * @property {string[]} classes
 * @property {NamedPicture[]} pictures
 * @property {Picture | null} picture
 * @property {Prediction | null} prediction
 * @property {WindowBox[]} trail
 * @property {WindowBox | null} window the last of the trail
 * @property {(number | null)[]} partner_targets
 * @property {number | null} target
 * @property {string} baseline
 * @property {"logit" | "probability"} output
 * @property {number} budget
 * @property {number} grid
 * @property {number | null} color_range
 * @property {NamedPicture[]} references
 * @property {string[]} baselines
 * @property {Picture | null} original
 * @property {Prediction | null} prediction_before
 * @property {Attribution | null} attribution
 * @property {Attribution | null} attribution_before
 * @property {string} query
 * @property {string[]} edits
 * @property {number} undoable gestures that can be undone
 * @property {number} redoable
 * @property {string | null} layer null: the whole network
 * @property {Operator} operator
 * @property {string[]} partners
 * @property {(number | null)[]} weights of everything before each partner; null: all count the same
 * @property {boolean} printed
 * @property {Reading} reading
 * @property {Layer[]} layers
 * @property {string} layer_hint
 * @property {Record<string, (Attribution | null)[]>} layer_maps layer ("": the whole network) to one map a figure
 * @property {string | null} rival
 * @property {Candidate[]} candidates
 * @property {Other[]} others
 * @property {Record<string, string>} blocked control to the reason why it is greyed
 * @property {Readings | null} readings
 * @property {string[]} networks
 * @property {string[]} asked
 *
 * @typedef {SharedState & OwnState} ExplorerState
 *
 * @typedef {object} ExplorerView what one view knows and the kernel need not
 * @property {{row: number, column: number} | null} hover the cell under the pointer
 * @property {RuleCell[]} rule the cells of the rule that is looked at
 * @property {Shown} shown the figures as they are drawn
 *
 * @typedef {Binding<ExplorerState, ExplorerView>} ExplorerBinding
 */

export {};
