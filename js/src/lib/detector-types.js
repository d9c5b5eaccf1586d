/** @import { Binding } from "./binding.js" */
/** @import { Cut, Sample } from "./detector.js" */
/** @import { Bytes, ClassScore, Picture, SharedState } from "./types.js" */

/**
 * @typedef {"kept right" | "missed" | "false alarm" | "caught"} Part
 * @typedef {"balanced" | "correct_recall" | "wrong_recall" | "cost" | "by_hand"} Rule
 *
 * @typedef {object} DetectorWire
 * @property {string} name
 * @property {Bytes} values float32, one a prediction; higher: more likely wrong
 * @property {number} auroc
 * @property {number} auroc_error
 * @property {number | null} validation_auroc
 * @property {boolean} trivial
 * @property {string} kind
 *
 * @typedef {object} Pattern the conductance of the feature maps of a layer, beside what is usual for a class
 * @property {string} class
 * @property {string} layer
 * @property {Bytes} values float32, one a map
 * @property {Bytes} profile float32, the mean of right predictions
 * @property {Bytes} low float32
 * @property {Bytes} high float32
 * @property {number[]} specific maps that the class lives on
 * @property {number[]} silent
 * @property {number[]} loud
 *
 * @typedef {object} Votes
 * @property {number} count of mutants
 * @property {Bytes} classes int16; -1: not yet asked
 * @property {number} done
 * @property {number} changed share of those asked
 *
 * @typedef {object} Detail of the picked image; comes in pieces
 * @property {number} index
 * @property {string} label
 * @property {string} predicted
 * @property {boolean} right
 * @property {number} confidence
 * @property {ClassScore[]} top
 * @property {Record<string, number>} scores
 * @property {Record<string, number>} rank
 * @property {Pattern | null} pattern
 * @property {Votes | null} votes
 * @property {Picture | null} picture
 * @property {number} [frame]
 *
 * @typedef {object} OwnState
 * @property {string} method
 * @property {number} threshold
 * @property {Rule} rule
 * @property {number} recall
 * @property {number} cost_check
 * @property {number} cost_miss
 * @property {number} specialist
 * @property {Part} part
 * @property {number | null} picked
 * @property {string} network
 * @property {number} count
 * @property {string} layer
 * @property {Record<string, DetectorWire>} detectors
 * @property {Bytes} wrong uint8
 * @property {Bytes} labels int32
 * @property {Bytes} predicted int32
 * @property {Bytes} confidence float32
 * @property {Picture | null} thumbnails of all images, one after the other
 * @property {{name: string, right: Bytes} | null} backup
 * @property {Detail | null} detail
 * @property {{explorer: boolean, contrast: boolean}} explorers
 * @property {string | null} opened
 *
 * @typedef {SharedState & OwnState} DetectorState
 *
 * @typedef {object} DetectorView what one view knows and the kernel need not
 * @property {Sample | null} sample
 * @property {Cut | null} cut where the dial stands
 * @property {number} from the first of the images in the grid
 *
 * @typedef {Binding<DetectorState, DetectorView>} DetectorBinding
 */

export {};
