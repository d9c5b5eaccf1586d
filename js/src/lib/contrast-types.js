/** @import { Binding } from "./binding.js" */
/** @import { Morph } from "./morph.js" */
/** @import { Bytes, Picture, SharedState } from "./types.js" */

/**
 * @typedef {object} Contrast the way from the picture to the boundary between its class and another
 * @property {number} frame
 * @property {"cdeepex" | "xgems"} method
 * @property {number} true
 * @property {number} probe
 * @property {string} true_label
 * @property {string} probe_label
 * @property {number} length of the morph, in frames
 * @property {number} height
 * @property {number} width
 * @property {Bytes} frames uint8, (length, height, width, 3)
 * @property {Bytes} differences int8, (length, height, width)
 * @property {number} difference_scale
 * @property {Bytes} log_likelihoods float32, (length, classes)
 * @property {Bytes} gap float32, of the true class to the probe
 * @property {Bytes} third float32, the strongest third class against the middle of the two
 * @property {Bytes} penalty float32
 * @property {number[]} intruders the class that beats both there, else -1
 * @property {boolean} converged
 * @property {number} third_class at the end; -1: none
 * @property {number} distance
 * @property {number} steps
 * @property {number} gap_at_end
 * @property {number} reconstruction_error
 * @property {number} evaluations
 * @property {number} gradients
 * @property {number} seconds
 * @property {number} seed
 * @property {string} device
 * @property {boolean} partial
 *
 * @typedef {object} Multiple the same question about another class
 * @property {number} probe
 * @property {string} label
 * @property {number} probability
 * @property {Picture} picture at the boundary
 * @property {Bytes} difference int8
 * @property {number} difference_scale
 * @property {boolean} converged
 * @property {number} distance
 * @property {number} third_class
 *
 * @typedef {object} Direct the contrast of a method that makes no picture
 * @property {string} method
 * @property {string} name
 * @property {number} height
 * @property {number} width
 * @property {Bytes} values float32
 * @property {number} kept
 * @property {[number, number] | null} weights
 * @property {string} note
 *
 * @typedef {object} OwnState
 * @property {number | null} probe null: the runner-up
 * @property {boolean} all_classes
 * @property {boolean} xgems
 * @property {string} direct
 * @property {number} position
 * @property {number} margin
 * @property {number} tolerance
 * @property {number | null} max_steps null: as many as the schedule has
 * @property {string} schedule
 * @property {Contrast | null} contrast
 * @property {Contrast | null} rival
 * @property {Multiple[]} others
 * @property {Direct | null} direct_map
 *
 * @typedef {SharedState & OwnState} ContrastState
 *
 * @typedef {object} ContrastView what one view knows and the kernel need not
 * @property {Morph | null} morph
 * @property {Morph | null} rival
 * @property {number} range of the colours, shared by all differences
 * @property {boolean} playing
 *
 * @typedef {Binding<ContrastState, ContrastView>} ContrastBinding
 */

export {};
