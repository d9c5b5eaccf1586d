// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { Setting } from "../views/settings.js" */

/** @typedef {{shape: number[]}} Shaped an array that knows its shape, row by row */

/**
 * @typedef {object} Status How far the work is
 * @property {"idle" | "running" | "done" | "partial" | "error"} state
 * @property {number} done
 * @property {number | null} total
 * @property {number} seconds
 * @property {string} note
 */

/**
 * @typedef {object} Problem What went wrong
 * @property {string} message
 * @property {number | null} column in the query, from 0; null: it is not about the query
 */

/**
 * @typedef {object} ShownPicture Pixels, or those of several pictures behind each other
 * @property {number} height
 * @property {number} width
 * @property {Uint8Array & Shaped} data RGB, row by row
 */

/**
 * @typedef {object} NamedPicture A small picture
 * @property {string} name
 * @property {ShownPicture} thumbnail
 */

/**
 * @typedef {object} Score One class of a prediction
 * @property {number} index
 * @property {string} label
 * @property {number} probability
 * @property {number} logit
 */

/**
 * @typedef {object} Ranking The likeliest classes, and the one that is asked about
 * @property {Score[]} top
 * @property {Score} target
 */

/**
 * @typedef {object} ShownContrast The way from the picture to the boundary between its class and another
 * @property {number} frame
 * @property {"cdeepex" | "xgems"} method
 * @property {number} true
 * @property {number} probe
 * @property {string} true_label
 * @property {string} probe_label
 * @property {Uint8Array & Shaped} frames (frames, height, width, 3)
 * @property {Int8Array & Shaped} differences from the picture, (frames, height, width)
 * @property {number} difference_scale what one step of the differences is worth
 * @property {Float32Array & Shaped} log_likelihoods (frames, classes)
 * @property {Float32Array & Shaped} gap of the true class to the probe
 * @property {Float32Array & Shaped} third the strongest third class, against the middle of both
 * @property {Float32Array & Shaped} penalty
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
 */

/**
 * @typedef {object} Multiple The same question about another class
 * @property {number} probe
 * @property {string} label
 * @property {number} probability
 * @property {ShownPicture} picture at the boundary
 * @property {Int8Array & Shaped} difference
 * @property {number} difference_scale
 * @property {boolean} converged
 * @property {number} distance
 * @property {number} third_class
 */

/**
 * @typedef {object} DirectMap The contrast of a method that makes no picture
 * @property {string} method
 * @property {string} name
 * @property {Float32Array & Shaped} values
 * @property {number} kept how many weightings of the two classes work
 * @property {[number, number] | null} weights
 * @property {string} note
 */

/**
 * @typedef {object} ContrastState Why is this picture not of the probe class? And what stands beside the answer
 * @property {number} index Which picture
 * @property {number | null} probe The class asked about (a name is taken, too); None is the runner-up
 * @property {number} position The scrubber: 0: the picture, 1: the boundary
 * @property {number} opacity Of red (to be added) and blue (to be removed)
 * @property {"" | "gradcam" | "lime" | "lrp" | "pda"} direct What `contrast.subtract` makes of a single-class method, shown beside the answer
 * @property {boolean} xgems Show where xGEMs ends, too, which lets third classes win
 * @property {boolean} all_classes Ask about the twelve likeliest, too
 * @property {number} margin How far third classes stay below, as for `contrast.explain`
 * @property {number} tolerance How near to equally likely is enough
 * @property {number | null} max_steps None: as many as the schedule has
 * @property {number} seed
 * @property {"default" | "paper"} schedule The paper's is gradient descent
 * @property {string[]} classes
 * @property {NamedPicture[]} pictures
 * @property {ShownPicture | null} picture
 * @property {Ranking | null} prediction
 * @property {ShownContrast | null} contrast
 * @property {ShownContrast | null} rival
 * @property {Multiple[]} others
 * @property {DirectMap | null} direct_map
 */

/**
 * @typedef {object} Explorers Which other widgets can be opened
 * @property {boolean} explorer
 * @property {boolean} contrast
 */

/**
 * @typedef {object} ShownDetector The scores of one detector
 * @property {string} name
 * @property {Float32Array & Shaped} values one a prediction; higher: more likely wrong
 * @property {number} auroc
 * @property {number} auroc_error
 * @property {number | null} validation_auroc
 * @property {boolean} trivial
 * @property {"combined" | "trivial" | "part"} kind
 */

/**
 * @typedef {object} Backup Another network that could answer what is rejected
 * @property {string} name
 * @property {Uint8Array & Shaped} right
 */

/**
 * @typedef {object} ShownPattern The conductance of the feature maps of a layer, beside what is usual for a class
 * @property {string} label of the class
 * @property {string} layer
 * @property {Float32Array & Shaped} values one a feature map
 * @property {Float32Array & Shaped} profile the mean of right predictions
 * @property {Float32Array & Shaped} low
 * @property {Float32Array & Shaped} high
 * @property {number[]} specific maps that the class lives on
 * @property {number[]} silent
 * @property {number[]} loud
 */

/**
 * @typedef {object} ShownVotes What the mutants say of a picture
 * @property {number} count of mutants
 * @property {Int16Array & Shaped} classes -1: not yet asked
 * @property {number} done
 * @property {number} changed share of those asked
 */

/**
 * @typedef {object} Detail All that is known of the picked picture; it comes in pieces
 * @property {number} index
 * @property {string} label
 * @property {string} predicted
 * @property {boolean} right
 * @property {number} confidence
 * @property {Score[]} top
 * @property {Record<string, number>} scores
 * @property {Record<string, number>} rank by detector, the share of all with a lower score
 * @property {ShownPattern | null} pattern
 * @property {ShownVotes | null} votes
 * @property {ShownPicture} picture
 */

/**
 * @typedef {object} DetectorState Where the dial stands, and which pictures are looked at
 * @property {string} method Which detector turns the dial: a key of `detectors`
 * @property {number} threshold A prediction whose score is at least that is rejected: somebody checks it
 * @property {"balanced" | "correct_recall" | "wrong_recall" | "cost" | "by_hand"} rule Where the threshold comes from: the first three, on the validation images of the detector (with `recall`); "cost", on these
 * @property {number} recall The share of right predictions to be kept, or of wrong ones to be caught
 * @property {number} cost_check What a check costs
 * @property {number} cost_miss What a wrong prediction costs that was kept
 * @property {number} specialist How often whoever checks is right
 * @property {"kept right" | "missed" | "false alarm" | "caught"} part Which pictures are shown
 * @property {number | null} picked The picture that is looked at
 * @property {string} network
 * @property {string} layer
 * @property {string[]} classes
 * @property {Explorers} explorers
 * @property {number} count
 * @property {Record<string, ShownDetector>} detectors
 * @property {Uint8Array & Shaped | null} wrong
 * @property {Int32Array & Shaped | null} labels
 * @property {Int32Array & Shaped | null} predicted
 * @property {Float32Array & Shaped | null} confidence
 * @property {ShownPicture | null} thumbnails of all pictures, one after the other
 * @property {Backup | null} backup
 * @property {Detail | null} detail
 */

/**
 * @typedef {object} ShownLayer A layer at which the network can be truncated
 * @property {string} name
 * @property {number | null} agreement of its probe with the network
 */

/**
 * @typedef {object} ShownAttribution A map and its ledger line
 * @property {number} frame
 * @property {Float32Array & Shaped} cells (rows, columns)
 * @property {Float32Array & Shaped | null} standard_error as cells; null: it is not known
 * @property {number[]} row_edges
 * @property {number[]} column_edges
 * @property {[top: number, left: number, height: number, width: number]} window
 * @property {number} target
 * @property {string} label
 * @property {string} output
 * @property {number} value
 * @property {number | null} baseline_output null: the method has no baseline
 * @property {number | null} difference
 * @property {number} sum
 * @property {number | null} residual
 * @property {number | null} error root mean square over the cells
 * @property {number} evaluations
 * @property {number} paid evaluations that were made for this map alone
 * @property {number} total
 * @property {number} seconds
 * @property {number | null} seed null: nothing is drawn
 * @property {string} device
 * @property {boolean} exact
 * @property {boolean} partial
 * @property {string | null} layer the layer it explains
 * @property {number[] | null} weights of a joint map: one for each figure
 */

/**
 * @typedef {object} Candidate Something that the picture can be compared with
 * @property {string} name
 * @property {string} label
 * @property {ShownPicture} thumbnail
 */

/**
 * @typedef {object} ShownPartner One more figure: a partner of the picture
 * @property {string} name
 * @property {string} label
 * @property {string} network
 * @property {ShownPicture} picture
 * @property {Ranking} prediction
 * @property {ShownAttribution | null} attribution null also in a join, whose one map is drawn on every figure
 */

/**
 * @typedef {object} LinearReading The coefficients of LIME
 * @property {Float32Array & Shaped} cells
 * @property {number | null} r2
 */

/**
 * @typedef {object} ShownRule A leaf of the tree
 * @property {[number, number, boolean][]} cells row, column, whether it is there
 * @property {string} text
 * @property {number} value
 * @property {number} share
 */

/**
 * @typedef {object} TreeReading A decision tree of few leaves
 * @property {Float32Array & Shaped} cells
 * @property {number | null} r2
 * @property {ShownRule[]} rules
 */

/**
 * @typedef {object} ShownCurves Deletion and insertion, as foretold; errors are one standard deviation
 * @property {number[]} share of the cells
 * @property {number[]} deletion
 * @property {number[]} insertion
 * @property {number[]} deletion_error
 * @property {number[]} insertion_error
 * @property {number} deletion_area
 * @property {number} insertion_area
 * @property {number | null} r2
 */

/**
 * @typedef {object} ShownReadings Other readings of a map's coalitions
 * @property {number} evaluations coalitions that were known already
 * @property {LinearReading} linear
 * @property {TreeReading} tree
 * @property {ShownCurves} curves
 */

/**
 * @typedef {object} ExplorerState The question, in parts that follow each other, and how the answer is drawn
 * @property {number} index Which picture
 * @property {[top: number, left: number, height: number, width: number] | null} window The part explained; None is the whole picture
 * @property {[top: number, left: number, height: number, width: number][]} trail The windows around it, outermost first
 * @property {number | null} target The class explained (a name is taken, too); None is the predicted class
 * @property {string | null} layer The layer at which the network is truncated; it needs a probe. None is the whole network
 * @property {"" | "join" | "left join"} operator "left join" is the anti-join
 * @property {string[]} partners The names of what the picture is compared with
 * @property {(number | null)[]} partner_targets The classes explained there
 * @property {(number | null)[]} weights For each joined partner the weight of all before it; None: all count the same
 * @property {boolean} printed As for `Interpretation.explain`
 * @property {string} baseline "zeros", "mean", "blur", or a reference
 * @property {"logit" | "probability"} output
 * @property {number} budget As for `Interpretation.explain`; it acts while the work is under way
 * @property {number} seed
 * @property {number} grid Of the window
 * @property {string} query The question as text; setting it moves everything else
 * @property {"shapley" | "linear" | "tree"} reading Which map is drawn
 * @property {number} opacity Of the map
 * @property {number | null} color_range At full colour; None: that of the maps shown
 * @property {number} gesture How often a hand has begun to act
 * @property {string[]} classes
 * @property {NamedPicture[]} pictures
 * @property {NamedPicture[]} references
 * @property {string[]} baselines
 * @property {string[]} networks
 * @property {string | null} rival
 * @property {ShownLayer[]} layers
 * @property {string} layer_hint
 * @property {Record<string, ShownAttribution[]>} layer_maps by layer ("": the whole network), one map a figure
 * @property {Candidate[]} candidates
 * @property {ShownPartner[]} others
 * @property {Record<string, string>} blocked by control, the reason why it is greyed
 * @property {ShownReadings | null} readings
 * @property {string[]} asked the latest queries
 * @property {ShownPicture | null} picture
 * @property {ShownPicture | null} original
 * @property {Ranking | null} prediction
 * @property {Ranking | null} prediction_before
 * @property {ShownAttribution | null} attribution
 * @property {ShownAttribution | null} attribution_before
 * @property {string[]} edits
 * @property {number} undoable
 * @property {number} redoable
 */

/**
 * @typedef {object} ShownRecipe How each network is trained
 * @property {string} network
 * @property {number} training_inputs
 * @property {number | null} held_out
 * @property {number} classes
 * @property {number} epochs
 * @property {number} batch_size
 * @property {number} learning_rate
 * @property {string} kernel_initializer
 * @property {string} bias_initializer
 * @property {number} seed
 * @property {string} device
 * @property {string | null} workers
 */

/**
 * @typedef {object} ShownBaseline The network before any trial
 * @property {number} accuracy
 * @property {number | null} held_out_accuracy
 * @property {number | null} loss null: it has diverged
 */

/**
 * @typedef {object} ShownBest The most accurate network so far
 * @property {number | null} delta
 * @property {number} number 0: the baseline itself
 * @property {number} accuracy
 * @property {number | null} held_out_accuracy
 * @property {number} gain
 * @property {string} name
 */

/**
 * @typedef {object} ShownSearch All trainings of one strategy so far; a trial is a place in the columns
 * @property {"shift" | "reseed"} strategy
 * @property {ShownBaseline} baseline
 * @property {number} count of trials, without the baseline
 * @property {number} counted how many of these, from the first, are of the search as it is set
 * @property {Float32Array & Shaped} delta NaN: drawn again
 * @property {Float32Array & Shaped} accuracy
 * @property {Float32Array & Shaped} held_out_accuracy NaN: nothing is held out
 * @property {Float32Array & Shaped} gain
 * @property {Float32Array & Shaped} loss
 * @property {Float32Array & Shaped} took seconds
 * @property {Float32Array & Shaped} finished seconds since the start of the search
 * @property {Int32Array & Shaped} number from 1 for each delta
 * @property {Uint8Array & Shaped} diverged
 * @property {ShownBest} best
 * @property {[number, number]} spread
 * @property {[number, number] | null} held_out_spread
 * @property {"" | "max_time" | "max_trial" | "max_gain" | "completed" | "cancelled"} stopped_by
 * @property {number} seconds since the start of the search
 * @property {string} card
 * @property {number} frame
 */

/**
 * @typedef {object} AccuracyState From where networks are trained, and when that ends
 * @property {number[]} deltas Steps by which the initial weights are shifted
 * @property {number | null} max_time A budget; like the others, it acts while the search runs
 * @property {number | null} max_trial
 * @property {number | null} max_gain Of accuracy: 0.01 is one point
 * @property {"shift" | "reseed"} strategy "reseed": draw the initial weights again
 * @property {boolean} race Give both strategies the same budget, in turn
 * @property {ShownRecipe | null} settings
 * @property {ShownSearch[]} searches
 * @property {boolean} paused whether it was stopped to be gone on with
 */

export const CONTRAST = /** @satisfies {Record<string, Setting>} */ ({
  opacity: {"name": "opacity", "kind": "float", "label": "Opacity", "unit": "%", "least": 0, "most": 1, "choices": null, "group": "What is shown", "optional": false, "empty": "", "scale": 100, "pageOnly": true},
  direct: {"name": "direct", "kind": "choice", "label": "Beside it", "unit": "", "least": null, "most": null, "choices": [["", "nothing"], ["gradcam", "Grad-CAM"], ["lime", "LIME"], ["lrp", "LRP"], ["pda", "PDA"]], "group": "What is shown", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  xgems: {"name": "xgems", "kind": "bool", "label": "xGEMs path", "unit": "", "least": null, "most": null, "choices": null, "group": "What is shown", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  all_classes: {"name": "all_classes", "kind": "bool", "label": "All classes", "unit": "", "least": null, "most": null, "choices": null, "group": "What is shown", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  margin: {"name": "margin", "kind": "float", "label": "Margin", "unit": "nats", "least": 0, "most": 100, "choices": null, "group": "How it is searched", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  tolerance: {"name": "tolerance", "kind": "float", "label": "Tolerance", "unit": "nats", "least": 0.0001, "most": 10, "choices": null, "group": "How it is searched", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  max_steps: {"name": "max_steps", "kind": "int", "label": "Most steps", "unit": "", "least": 1, "most": null, "choices": null, "group": "How it is searched", "optional": true, "empty": "automatic", "scale": 1, "pageOnly": false},
  seed: {"name": "seed", "kind": "int", "label": "Seed", "unit": "", "least": 0, "most": null, "choices": null, "group": "How it is searched", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  schedule: {"name": "schedule", "kind": "choice", "label": "Schedule", "unit": "", "least": null, "most": null, "choices": [["default", "default"], ["paper", "as in the paper"]], "group": "How it is searched", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
});

export const DETECTOR = /** @satisfies {Record<string, Setting>} */ ({
  rule: {"name": "rule", "kind": "choice", "label": "Threshold by", "unit": "", "least": null, "most": null, "choices": [["balanced", "Balanced"], ["correct_recall", "Recall of right"], ["wrong_recall", "Recall of wrong"], ["cost", "Cheapest"], ["by_hand", "By hand"]], "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  recall: {"name": "recall", "kind": "float", "label": "Wanted recall in percent", "unit": "", "least": 0, "most": 1, "choices": null, "group": "", "optional": false, "empty": "", "scale": 100, "pageOnly": false},
  cost_check: {"name": "cost_check", "kind": "float", "label": "One check", "unit": "", "least": 0, "most": null, "choices": null, "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  cost_miss: {"name": "cost_miss", "kind": "float", "label": "One miss", "unit": "", "least": 0, "most": null, "choices": null, "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
});

export const EXPLORER = /** @satisfies {Record<string, Setting>} */ ({
  baseline: {"name": "baseline", "kind": "str", "label": "Baseline", "unit": "", "least": null, "most": null, "choices": null, "group": "How it is asked and drawn", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  output: {"name": "output", "kind": "choice", "label": "Value", "unit": "", "least": null, "most": null, "choices": [["logit", "logit"], ["probability", "probability"]], "group": "How it is asked and drawn", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  budget: {"name": "budget", "kind": "int", "label": "Budget", "unit": "evaluations", "least": 64, "most": 16384, "choices": null, "group": "How it is asked and drawn", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  seed: {"name": "seed", "kind": "int", "label": "Seed", "unit": "", "least": 0, "most": null, "choices": null, "group": "How it is asked and drawn", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  grid: {"name": "grid", "kind": "int", "label": "Cells per side", "unit": "", "least": 2, "most": 16, "choices": null, "group": "How it is asked and drawn", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  opacity: {"name": "opacity", "kind": "float", "label": "Opacity", "unit": "%", "least": 0, "most": 1, "choices": null, "group": "How it is asked and drawn", "optional": false, "empty": "", "scale": 100, "pageOnly": true},
});

export const ACCURACY = /** @satisfies {Record<string, Setting>} */ ({
  deltas: {"name": "deltas", "kind": "tuple", "label": "Deltas", "unit": "", "least": null, "most": null, "choices": null, "group": "Where a training starts", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  max_time: {"name": "max_time", "kind": "float", "label": "Time", "unit": "seconds", "least": 0, "most": null, "choices": null, "group": "Stop the search after", "optional": true, "empty": "no limit", "scale": 1, "pageOnly": false},
  max_trial: {"name": "max_trial", "kind": "int", "label": "Trials per delta", "unit": "trials", "least": 0, "most": null, "choices": null, "group": "Stop the search after", "optional": true, "empty": "no limit", "scale": 1, "pageOnly": false},
  max_gain: {"name": "max_gain", "kind": "float", "label": "Gain", "unit": "points", "least": 0, "most": 1, "choices": null, "group": "Stop the search after", "optional": true, "empty": "no limit", "scale": 100, "pageOnly": false},
  strategy: {"name": "strategy", "kind": "choice", "label": "Strategy", "unit": "", "least": null, "most": null, "choices": [["shift", "Shift: moved by number × delta"], ["reseed", "Reseed: drawn anew each time"]], "group": "Where a training starts", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
  race: {"name": "race", "kind": "bool", "label": "Race: both, taking turns", "unit": "", "least": null, "most": null, "choices": null, "group": "Where a training starts", "optional": false, "empty": "", "scale": 1, "pageOnly": false},
});
