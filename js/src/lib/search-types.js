/** @import { Binding } from "./binding.js" */
/** @import { Search, Sorting } from "./trials.js" */
/** @import { Bytes, SharedState } from "./types.js" */

/**
 * @typedef {"shift" | "reseed"} Strategy
 *
 * @typedef {object} Best
 * @property {number | null} delta
 * @property {number} number 0: the start itself
 * @property {number} accuracy
 * @property {number | null} held_out_accuracy
 * @property {number} gain
 * @property {string} name
 *
 * @typedef {object} SearchWire all trainings of one strategy so far; a trial is a place in the columns
 * @property {Strategy} strategy
 * @property {{accuracy: number, held_out_accuracy: number | null, loss: number | null}} baseline loss null: it has diverged
 * @property {number} count of trials, without the baseline
 * @property {number} counted how many of these, from the first, are of the search as it is set
 * @property {Bytes} delta float32; NaN: drawn again
 * @property {Bytes} accuracy float32
 * @property {Bytes} held_out_accuracy float32; NaN: nothing is held out
 * @property {Bytes} gain float32
 * @property {Bytes} loss float32
 * @property {Bytes} took float32, seconds
 * @property {Bytes} finished float32, seconds since the start of the search
 * @property {Bytes} number int32, from 1 for each delta
 * @property {Bytes} diverged uint8
 * @property {Best} best
 * @property {[number, number]} spread
 * @property {[number, number] | null} held_out_spread
 * @property {"" | "max_time" | "max_trial" | "max_gain" | "completed" | "cancelled"} stopped_by
 * @property {number} seconds since the start of the search
 * @property {string} card
 * @property {number} frame
 *
 * @typedef {object} Recipe how each network is trained
 * @property {string} network
 * @property {number} inputs
 * @property {number | null} held_out
 * @property {number} classes
 * @property {number} epochs
 * @property {number} batch_size
 * @property {number} learning_rate
 * @property {string | null} kernel_initializer null: the network's own
 * @property {string | null} bias_initializer
 * @property {number} seed
 * @property {string} device
 * @property {string | null} workers
 *
 * @typedef {"max_time" | "max_trial" | "max_gain"} Limit
 *
 * @typedef {object} OwnState
 * @property {number[]} deltas
 * @property {number | null} max_time seconds; null: no limit
 * @property {number | null} max_trial for each delta
 * @property {number | null} max_gain a share, not points
 * @property {Strategy} strategy
 * @property {boolean} race
 * @property {Recipe} settings
 * @property {SearchWire[]} searches
 * @property {boolean} paused
 *
 * @typedef {SharedState & OwnState} SearchState
 *
 * @typedef {object} SearchView what one view knows and the kernel need not
 * @property {Search[]} searches
 * @property {Map<number, number>} series which colour each delta has
 * @property {"trial" | "time"} along the axis of the gain
 * @property {boolean} heldOut whether its plot is shown
 * @property {Sorting} sorting of the table
 *
 * @typedef {Binding<SearchState, SearchView>} SearchBinding
 */

export {};
