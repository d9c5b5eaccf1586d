/** @import { Binding } from "../../ui/binding.js" */
/** @import { AccuracyState } from "../../schema/search/state.js" */
/** @import { Search, Sorting } from "./trials.js" */
/** @import { SharedState } from "../../lib/types.js" */

/**
 * @typedef {AccuracyState["strategy"]} Strategy
 * @typedef {"max_time" | "max_trial" | "max_gain"} Limit
 *
 * @typedef {object} SearchView what one view knows and the kernel need not
 * @property {Search[]} searches
 * @property {Map<number, number>} series which colour each delta has
 * @property {"trial" | "time"} along the axis of the gain
 * @property {boolean} heldOut whether its plot is shown
 * @property {Sorting} sorting of the table
 *
 * @typedef {Binding<SharedState & AccuracyState, SearchView>} SearchBinding
 */

export {};
