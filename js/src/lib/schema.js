// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { Setting } from "../ui/settings.js" */

/** @typedef {{shape: number[]}} Shaped an array that knows its shape, row by row */

/**
 * @typedef {object} Status How far the work is
 * @property {"idle" | "running" | "unfinished" | "done" | "partial" | "error"} state
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
 * @typedef {object} Note Something that was assumed, because nobody has said it
 * @property {string} text
 * @property {string} hint what follows from it, or what to say if it is not so
 */

/**
 * @typedef {object} ShownPicture Pixels, or those of several pictures behind each other
 * @property {number} height
 * @property {number} width
 * @property {Uint8Array & Shaped} data RGB, row by row
 * @property {string[]} words of a sentence, one for each column
 */

/**
 * @typedef {object} NamedPicture A picture to choose from
 * @property {string} name
 * @property {ShownPicture | null} thumbnail null: the page asks for it when it is in sight
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
 * @property {Float32Array & Shaped} positions 0: the picture, 1: the boundary, above 1: past it
 * @property {Uint8Array & Shaped} frames (frames, height, width, 3)
 * @property {Int8Array & Shaped} differences from the picture, (frames, height, width, 3), or 1 if it has
 *   no colours
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
 * @property {number | null} missed of how many of its own pictures the generator misses less
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
 * @property {Int8Array & Shaped} difference (height, width, 3), or 1
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
 * @typedef {object} ShownImposed The change inside the painted mask, by degrees
 * @property {Float32Array & Shaped} strengths
 * @property {Uint8Array & Shaped} frames (strengths, height, width, 3)
 * @property {Float32Array & Shaped} log_likelihoods (strengths, classes)
 */

/**
 * @typedef {object} ShownOverall What the changes of all pictures have in common
 * @property {ShownPicture} picture the mean of them
 * @property {Int8Array & Shaped} difference (height, width, 3), or 1
 * @property {number} difference_scale
 * @property {number} count
 * @property {number} reached
 * @property {string} probe_label
 */

/**
 * @typedef {object} IntervalEstimate A number, and the interval that holds the true one with some
 *   probability, usually 95 %
 * @property {number} value
 * @property {number} low
 * @property {number} high
 */

/**
 * @typedef {object} ShownStamp How many pictures become the probe by a window
 * @property {[top: number, left: number, height: number, width: number]} window
 * @property {[top: number, left: number, height: number, width: number]} elsewhere
 * @property {IntervalEstimate} before
 * @property {IntervalEstimate} after
 * @property {IntervalEstimate} control
 * @property {number} count
 * @property {boolean} apart whether they are others than those of the mean map
 */

/**
 * @typedef {object} ShownColumn What another network, or the same through another generator, answers
 * @property {string} name
 * @property {ShownContrast | null} contrast null: it finds the picture of another class
 * @property {string} label what its network sees in the picture
 * @property {number} probability
 */

/**
 * @typedef {object} ClosedShares Which share of the gap a change closes; null where there is none
 * @property {number | null} network
 * @property {number | null} judge
 */

/**
 * @typedef {object} ShownJudgement What another network says of the changes
 * @property {Record<string, ClosedShares>} closed by panel, all with as much ink
 * @property {Float32Array & Shaped} log_likelihoods (frames, classes), along the morph
 */

/**
 * @typedef {object} ShownPair A picture, the class that it was asked about, and the picture at the boundary
 * @property {number} index
 * @property {number} probe
 * @property {string} title
 * @property {ShownPicture} thumbnail
 */

/**
 * @typedef {object} ContrastState Why is this picture not of the probe class? And what stands beside the
 *   answer
 * @property {number} index Which picture
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {number | null} probe The class asked about (a name is taken, too); None is the runner-up
 * @property {number} position The scrubber: 0: the picture, 1: the boundary; above 1 past it, as far as
 *   that goes
 * @property {"percent" | "log-likelihood"} scale Probabilities of the classes, or their logarithms, which
 *   tell small ones apart
 * @property {number} opacity Opacity of red (to be brighter) and blue (to be darker)
 * @property {"strongest" | "rgb" | "brightness" | "hue" | "red" | "green" | "blue"} channel Of a coloured
 *   picture: what is shown of the change; see `contrast.read_change`
 * @property {"" | "gradient" | "occlusion" | "class means" | "gradcam" | "lime" | "lrp" | "pda"} direct The
 *   maps of both classes by a direct method, subtracted
 * @property {"" | "gradient" | "occlusion" | "class means" | "gradcam" | "lime" | "lrp" | "pda"} direct_two
 *   Another direct method, beside the first
 * @property {"dark" | "bright" | "mean"} direct_fill What occlusion hides windows behind; dark cannot tell
 *   what is missing
 * @property {number | null} direct_window The side of occlusion's window; automatic (None): an eighth of
 *   the shorter side
 * @property {boolean} xgems xGEMs: the same search without third-class constraints, shown beside it
 * @property {boolean} all_classes Ask about the twelve likeliest probes, too
 * @property {boolean} all_pictures Ask the same of all pictures, and show the mean change, each counting
 *   the same
 * @property {number[]} stamp A window of the mean change (top, left, height, width) that is stamped on
 *   other pictures; none where it is empty
 * @property {number[]} mask The painted cells in which the change is imposed by degrees, row by row of a
 *   grid of at most 32 x 32
 * @property {number} strength How much of the change is imposed inside the mask: 0 none, 1 all, -1 its
 *   opposite
 * @property {number} margin Margin: how far third classes stay below both, in log-likelihood
 * @property {number} tolerance Tolerance: how near to equally likely is enough, in log-likelihood
 * @property {number | null} max_steps max_steps of the search; automatic (None): as many as the schedule
 *   has
 * @property {number} seed Seed: the same one gives the same answer
 * @property {number} starts So many searches from other random starts, side by side: how stable is the
 *   answer?
 * @property {"default" | "paper"} schedule Schedule: quadratic programs by default; the paper's is gradient
 *   descent
 * @property {string[]} classes
 * @property {Note[]} notes
 * @property {NamedPicture[]} pictures
 * @property {ShownPicture | null} picture
 * @property {Ranking | null} prediction
 * @property {ShownContrast | null} contrast
 * @property {ShownContrast | null} rival
 * @property {Multiple[]} others
 * @property {DirectMap | null} direct_map
 * @property {DirectMap | null} second_map
 * @property {Multiple[]} other_starts
 * @property {ShownImposed | null} imposed
 * @property {ShownOverall | null} overall
 * @property {ShownStamp | null} stamped
 * @property {ShownColumn[]} columns other networks or generators, asked the same
 * @property {string} judge the name of the other network, if there is one
 * @property {ShownJudgement | null} judgement
 * @property {ShownPair[]} questions
 */

/**
 * @typedef {object} ShownFit Of a new detector, how far it is fitted
 * @property {boolean} possible whether there are pictures to learn from
 * @property {boolean} running
 * @property {number} done
 * @property {number | null} total
 * @property {string} note
 */

/**
 * @typedef {object} ShownVoting How well the votes of mutants alone tell wrong predictions of the
 *   validation images
 * @property {Int32Array & Shaped} counts of mutants
 * @property {Float32Array & Shaped} aurocs of so many
 * @property {Float32Array & Shaped} errors standard errors of these
 * @property {number} right mean label change rate of right predictions
 * @property {number} right_spread its standard deviation
 * @property {number} wrong
 * @property {number} wrong_spread
 * @property {number} pictures that all mutants have voted on
 */

/**
 * @typedef {object} Explorers Which other widgets can be opened
 * @property {boolean} explorer
 * @property {boolean} contrast
 */

/**
 * @typedef {object} ShownValidation What each threshold would have done on the validation images
 * @property {number} count
 * @property {Float32Array & Shaped} scores the different ones, the highest first
 * @property {Int32Array & Shaped} rejected by how many of these scores are rejected
 * @property {Int32Array & Shaped} missed alike, the wrong predictions that are kept
 */

/**
 * @typedef {object} ShownDetector The scores of one detector
 * @property {string} name
 * @property {string} doc what it is, in the field's words
 * @property {Float32Array & Shaped} values one a prediction; higher: more likely wrong
 * @property {number} auroc
 * @property {number} auroc_error
 * @property {number} lead its area beyond that of the largest probability
 * @property {number} lead_error standard error of that difference, of paired predictions
 * @property {number | null} validation_auroc
 * @property {ShownValidation | null} validation
 * @property {boolean} trivial
 * @property {"combined" | "trivial" | "part" | "new"} kind
 */

/**
 * @typedef {object} Backup Another network that could answer what is rejected
 * @property {string} name
 * @property {Uint8Array & Shaped} right
 */

/**
 * @typedef {object} ShownPattern The conductance of the feature maps of a layer, beside what is usual for a
 *   class
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
 * @typedef {object} OwnPicture A picture that a person has brought along: nobody says what it is
 * @property {string} name
 * @property {Score[]} top
 * @property {Record<string, number>} scores
 * @property {ShownPicture} picture
 */

/**
 * @typedef {object} DetectorState Where the dial stands, and which pictures are looked at
 * @property {string} method Which detector turns the dial: a key of `detectors`
 * @property {number} threshold A prediction whose score is at least that is rejected: somebody checks it
 * @property {"balanced" | "correct_recall" | "wrong_recall" | "cost" | "by_hand"} rule Where the threshold
 *   comes from: the first three, on the validation images of the detector (with `recall`); "cost", on these
 * @property {number} recall Recall: of right predictions those kept, or of wrong ones those caught
 * @property {number} cost_check What it costs to check a prediction
 * @property {number} cost_miss What a wrong prediction costs that was kept
 * @property {number} specialist How often whoever checks is right
 * @property {"given" | "noise" | "blur" | "contrast" | "shift" | "rotation" | "pgd"} test_set What is done
 *   to the images that the detectors are tested on: `reliability.corrupted`; "pgd" attacks half of those that
 *   are predicted rightly (`reliability.attacked`)
 * @property {number} test_strength From 1, hardly seen, to 5
 * @property {"kept right" | "missed" | "false alarm" | "caught"} part Which pictures are shown
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {number | null} picked The picture that is looked at
 * @property {string} new_layer Whose conductances a new detector looks at; a name of `layers`
 * @property {"NAI" | "GF" | "WS" | "NS" | "none"} new_operator Mutation operator: how the copies (mutants)
 *   differ whose votes are the label change rate
 * @property {number | null} new_rate Mutation rate: the share of the network's units that a mutant changes;
 *   auto: the largest of which about half of the mutants are kept
 * @property {number} new_count Count of mutants
 * @property {number} new_keep Accuracy that a mutant must keep, as a share of the network's own, on the
 *   validation images; one that loses more is drawn anew
 * @property {number} new_steps Of the path from the baseline to the picture, along which conductance is
 *   summed
 * @property {"network" | "forest" | "lda" | "qda"} new_combine What learns to make one score of conductance
 *   and label change rate
 * @property {boolean} new_trivial Whether 1 - largest probability and entropy are combined with the others
 * @property {string} network
 * @property {Note[]} notes
 * @property {string} layer
 * @property {string[]} layers that a new detector can look at
 * @property {ShownFit} fit
 * @property {Record<string, ShownVoting>} votings by detector set up here, also by the one that is fitted
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
 * @property {OwnPicture | null} upload
 */

/**
 * @typedef {object} ShownVote What the person has said of one of the queue; empty: nothing yet
 * @property {"" | "first" | "second" | "neither"} side
 */

/**
 * @typedef {object} ShownSide What one network says
 * @property {string} network
 * @property {string} label
 * @property {number} probability
 * @property {Float32Array & Shaped} cells its map, of its own class
 */

/**
 * @typedef {object} ShownDisagreement A picture of which two networks say different things
 * @property {number} place
 * @property {number} index of the image
 * @property {"apart" | "alone"} arm
 * @property {number} distance
 * @property {ShownPicture} picture
 * @property {number[]} row_edges
 * @property {number[]} column_edges
 * @property {number} range the value at full colour, of both maps
 * @property {[ShownSide, ShownSide]} sides
 * @property {number} frame
 */

/**
 * @typedef {object} ShownScore How often a judge picks the network that is right
 * @property {string} judge
 * @property {number} right
 * @property {number} count
 * @property {IntervalEstimate | null} share
 * @property {IntervalEstimate | null} seconds
 * @property {number | null} pvalue against confidence
 */

/**
 * @typedef {object} DisagreementState Which disagreement is looked at, and by which maps
 * @property {number} place Which of the queue is looked at, from 0
 * @property {"in turn" | "apart" | "alone"} arm "apart": their anti-join; "alone": the baseline of Case A;
 *   in turn: by the place in the queue, so that both can be compared
 * @property {number} grid Of the maps; another number explains anew
 * @property {number} budget Of each network, for each map
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {[string, string]} networks
 * @property {Note[]} notes
 * @property {number} images
 * @property {boolean} has_truth
 * @property {ShownVote[]} votes one for each of the queue
 * @property {Int32Array & Shaped | null} queue the image of each
 * @property {ShownDisagreement | null} disagreement
 * @property {number} neither of the queue, in which neither network is right
 * @property {ShownScore[]} scores none before the end
 */

/**
 * @typedef {object} ShownLayer A layer at which the network can be truncated
 * @property {string} name
 * @property {number | null} agreement of its probe with the network
 */

/**
 * @typedef {object} Fitting How far the fit of layers is, or how it ended
 * @property {boolean} running
 * @property {number} done
 * @property {number | null} total
 * @property {string} note
 * @property {Record<string, number>} agreements of the layers fitted so far
 */

/**
 * @typedef {object} ShownCurve What a sweep makes of one class
 * @property {number} index
 * @property {string} label
 * @property {number[]} probability
 */

/**
 * @typedef {object} ShownSweep What the network says of a picture under one edit of growing size
 * @property {"rotate" | "scale" | "noise" | "brighten"} edit
 * @property {number[]} values
 * @property {number | null} value of the picture as it is; null: it is not edited so
 * @property {ShownCurve[]} classes the class explained first; none while it runs
 */

/**
 * @typedef {object} ShownAttack An attack on the picture: on its way, or what became of it
 * @property {string} method
 * @property {number} size a share of what lies between black and white
 * @property {boolean} inside whether it stays in a window
 * @property {string | null} target the class wanted; null: any other
 * @property {number} weight how much its map counts, of the method that deceives both
 * @property {boolean} running
 * @property {number} done
 * @property {number | null} total
 * @property {number} at the point of the path that is shown, from 0
 * @property {number} points
 * @property {boolean} reached
 * @property {string} words how it ended
 */

/**
 * @typedef {object} FittableLayer A layer that may be fitted
 * @property {string} name
 * @property {string} module its class
 * @property {boolean} chosen fitted by default, as a stage ends there
 */

/**
 * @typedef {object} FitOffer What can be fitted, and from what
 * @property {FittableLayer[]} layers
 * @property {string} images
 * @property {string} warning why the agreements will say little
 */

/**
 * @typedef {object} MapSettings The settings, as traits, with other ones of which a map would be another
 *   one
 * @property {string} method
 * @property {string} baseline
 * @property {string} output
 * @property {number} grid
 * @property {string} players
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
 * @property {string} explainer the label of its method
 * @property {MapSettings | null} settings null: nobody has asked for it with settings
 * @property {boolean} adds_up whether its cells are shares of the score
 * @property {boolean} first_look a gradient map, until there are Shapley values
 * @property {number[] | null} weights of a joint map: one for each figure
 */

/**
 * @typedef {object} ShownStage What the network truncated at a layer says of the picture as it is
 * @property {string | null} layer null: the whole network
 * @property {Ranking} prediction
 * @property {number} rank of the class explained, from 1
 */

/**
 * @typedef {object} ShownPartner One more figure: a partner of the picture
 * @property {string} name
 * @property {string} label
 * @property {string} network
 * @property {ShownPicture} picture
 * @property {Ranking} prediction
 * @property {ShownAttribution | null} attribution null also in a join, whose one map is drawn on every
 *   figure
 * @property {boolean} separate_colors whether another method made it, whose numbers are others
 */

/**
 * @typedef {object} ShownMethod An explainer to choose
 * @property {string} name
 * @property {string} label
 * @property {string} words what it does, in a line
 */

/**
 * @typedef {object} ShownHeads What a transformer has to look at
 * @property {number[]} heads of each layer with attention
 * @property {number} rows of patches
 * @property {number} columns
 */

/**
 * @typedef {object} Agreement How alike two maps of one picture order its parts
 * @property {number | null} correlation Spearman's, from -1 to 1; null: a map is the same all over
 * @property {number} parts
 * @property {string} problem why there is no second map
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
 * @typedef {object} Measure A number with the interval that says how far it can be believed
 * @property {number} value
 * @property {number} low
 * @property {number} high
 */

/**
 * @typedef {object} ShownCheck One way to tell how good a map is, with what two maps get that know no
 *   network
 * @property {"deletion" | "insertion" | "fidelity" | "exact" | "inside" | "sensitivity"} name
 * @property {Measure} value
 * @property {Measure | null} centre
 * @property {Measure | null} edges null: that map is constant
 * @property {[number, number] | null} chance where a guess lies; null: there is no such
 * @property {"better" | "worse" | "none" | ""} verdict against chance
 * @property {string} basis what it was measured on
 */

/**
 * @typedef {object} EvaluatedCurve The score while cells go or come in the order of a map, and in random
 *   orders
 * @property {number[]} share of the cells
 * @property {number[]} scores
 * @property {number[]} random the mean of random orders
 * @property {number[]} spread their standard deviation
 */

/**
 * @typedef {object} Judgement How good the map of a frame is, as far as it has been checked
 * @property {number} frame
 * @property {string | null} layer
 * @property {boolean} running
 * @property {number} done
 * @property {number | null} total
 * @property {string} note
 * @property {string} problem why it has ended early
 * @property {ShownCheck[]} checks
 * @property {Record<string, EvaluatedCurve>} curves deletion and insertion
 * @property {string} code the Python that computes it
 */

/**
 * @typedef {object} ShownQuestion A question that has been answered
 * @property {string} query
 * @property {string} title
 * @property {ShownPicture} thumbnail the picture under its map
 * @property {boolean} pinned whether it goes into the report
 * @property {string} beside the second method, as text; empty: there was none
 */

/**
 * @typedef {object} ExplorerState The question, in parts that follow each other, and how the answer is
 *   drawn
 * @property {number} index Which picture
 * @property {[top: number, left: number, height: number, width: number] | null} window The part explained;
 *   None is the whole picture
 * @property {[top: number, left: number, height: number, width: number][]} trail The windows around it,
 *   outermost first
 * @property {number | null} target The class explained (a name is taken, too); None is the predicted class
 * @property {string | null} layer The layer at which the network is truncated; it needs a probe. None is
 *   the whole network
 * @property {string} method What explains: a method of attribution by name, maybe with settings, as in a
 *   query: "shapley", "ig(steps=100)", "gradcam"
 * @property {string} beside A second explainer, whose map of the same picture stands beside; empty: none
 * @property {boolean} swapped Whether the rival is asked, so that the model is what it may be compared with
 * @property {"" | "join" | "left join"} operator "left join" is the anti-join
 * @property {string[]} partners The names of what the picture is compared with
 * @property {(number | null)[]} partner_targets The classes explained there
 * @property {(number | null)[]} weights For each joined partner the weight of all before it; None: all
 *   count the same
 * @property {boolean} printed As for `Interpretation.explain`
 * @property {string} baseline The baseline: "zeros", "mean", "blur", or a reference
 * @property {"logit" | "probability"} output The output of the network: the logit, which is its score
 *   before the softmax, or the probability after it
 * @property {number} budget The budget: how often the network is asked with some parts hidden (a coalition
 *   of the others). It acts while the work is under way
 * @property {number} seed Of the random trials: the same seed gives the same map
 * @property {number} grid The grid of cells into which the window is cut
 * @property {"grid" | "segments" | "adaptive"} players What is hidden and shown: the players of the game.
 *   Cells of a grid, segments of similar colour (SLIC), or cells of which those that count are cut in four
 * @property {string} query The question as text; setting it moves everything else
 * @property {"shapley" | "linear" | "tree"} reading Which map is drawn
 * @property {number} opacity Of the map over the picture
 * @property {"cells" | "smooth"} look Of the map: its cells, or values interpolated between their middles
 * @property {boolean} hatching Whether cells whose sign is uncertain are hatched; they are fainter anyway
 * @property {boolean} zoom Whether the window fills the place of the picture; else it is drawn on the
 *   picture
 * @property {number | null} color_range The contribution at full colour; None: that of the maps shown
 * @property {[top: number, left: number, height: number, width: number] | null} truth Where in the picture
 *   the class is, as a person says: checks tell how much of the map lies there. Another picture forgets it
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {number} gesture How often a hand has begun to act
 * @property {string[]} classes
 * @property {boolean} reads_text whether the pictures are sentences
 * @property {NamedPicture[]} pictures
 * @property {Record<string, Score>} predictions by picture, the likeliest class, where it is known
 * @property {NamedPicture[]} references
 * @property {string[]} baselines
 * @property {string[]} networks
 * @property {string | null} rival
 * @property {Note[]} notes
 * @property {ShownLayer[]} layers
 * @property {string} layer_hint the Python that fits layers
 * @property {Fitting | null} fitting null: no layer was fitted by hand
 * @property {string} copied the part that can be pasted; nothing, if none is
 * @property {ShownSweep | null} sweep null: nothing is swept of this picture
 * @property {ShownAttack | null} attack null: the picture is not attacked
 * @property {FitOffer | null} fit_offer null: nobody has asked what can be fitted
 * @property {Record<string, ShownAttribution[]>} layer_maps by layer ("": the whole network), one map a
 *   figure
 * @property {Record<string, ShownAttribution[]>} class_maps by number of the class that was asked about, at
 *   the layer, one map a figure
 * @property {ShownStage[]} stages in the order of the layers, the whole network last
 * @property {string[]} candidates all of the picture's size, itself among them
 * @property {ShownPartner[]} others
 * @property {Record<string, string>} blocked by control, the reason why it is greyed
 * @property {ShownMethod[]} methods
 * @property {Record<string, string>} invalid_methods by method, why it is not valid for the network; found
 *   after a map
 * @property {ShownHeads | null} attention null: no transformer, as far as is known; found after a map
 * @property {Agreement | null} agreement of the map with the one beside it
 * @property {ShownReadings | null} readings
 * @property {Judgement | null} judgement null: the map has not been checked
 * @property {ShownQuestion[]} questions answered so far, the latest last
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
 * @typedef {object} GeneratorFacts One of the generators, on the picture that is shown
 * @property {string} name
 * @property {string} kind
 * @property {number} latents
 * @property {number} error root mean square of what it misses of the picture
 * @property {number | null} missed of how many of its own pictures it misses less
 */

/**
 * @typedef {object} ShownReconstruction A picture, and what a generator makes of it
 * @property {ShownPicture} picture
 * @property {ShownPicture} drawing
 * @property {Int8Array & Shaped} residual picture - drawn, (height, width, 3), or 1
 * @property {number} residual_scale
 */

/**
 * @typedef {object} ShownDirection What one latent number does
 * @property {number} latent
 * @property {number} deviation
 * @property {number} pixels root mean square change of the picture by one deviation
 * @property {number | null} divergence nats that a VAE's encoder says by it
 * @property {Uint8Array & Shaped} film (steps, height, width, 3)
 * @property {number} raises the class that it changes most; -1 without a network
 * @property {number} by by how much one deviation raises its log-likelihood here
 */

/**
 * @typedef {object} ShownMove The picture after moving, and what the network says before and after
 * @property {ShownPicture} picture
 * @property {Float32Array & Shaped} before probabilities, (classes,); empty without a network
 * @property {Float32Array & Shaped} after
 * @property {number} share of the way that was asked for; below 1 where the class is held
 */

/**
 * @typedef {object} GeneratorLabState Which picture, by which generator, and how far its latent numbers are
 *   moved
 * @property {number} index Which picture
 * @property {string} generator The generator's name; the first where it is empty
 * @property {number[]} offsets How far each of the eight strongest latent numbers is moved, in deviations;
 *   0 for those that are missing
 * @property {boolean} residual Whether what the generator cannot draw of the picture is added to what it
 *   draws, as CDeepEx does
 * @property {boolean} hold Whether all are moved together only as far as the network keeps its class
 * @property {string[]} classes
 * @property {Note[]} notes
 * @property {string[]} names of the generators
 * @property {NamedPicture[]} pictures
 * @property {GeneratorFacts[]} generators
 * @property {ShownReconstruction | null} reconstruction
 * @property {ShownDirection[]} directions
 * @property {ShownMove | null} moved
 */

/**
 * @typedef {object} ShownUnits Of each unit the picture that excites it most
 * @property {string} layer
 * @property {Float32Array & Shaped} values
 * @property {ShownPicture} pictures behind each other
 * @property {Float32Array & Shaped} boxes (U, 4) top, left, height, width as shares of a side
 */

/**
 * @typedef {object} ShownFavourites The pictures that excite one unit most, the first most
 * @property {number} unit
 * @property {Int32Array & Shaped} indices
 * @property {Float32Array & Shaped} values
 * @property {ShownPicture} pictures behind each other
 * @property {Float32Array & Shaped} boxes (n, 4) top, left, height, width as shares of a side
 * @property {string[]} labels what the network sees in them
 */

/**
 * @typedef {object} WatchedPrediction What the network says of a picture, and what it says without the
 *   silenced units
 * @property {ShownPicture} picture
 * @property {Score[]} before
 * @property {Score[] | null} after of the same classes; null: none is silenced
 * @property {number | null} changed of all pictures, how many are seen otherwise
 */

/**
 * @typedef {object} ShownMaximised A picture made to excite the unit
 * @property {boolean} by_generator by the generator, instead of pixel by pixel
 * @property {ShownPicture} picture
 * @property {number} value
 * @property {string} label what the network sees in it
 * @property {string | null} judged what the judge does; null: there is none
 */

/**
 * @typedef {object} ShownConcept The direction of the examples, and whether the class follows it
 * @property {number} examples
 * @property {string} label
 * @property {IntervalEstimate} accuracy
 * @property {IntervalEstimate} sensitivity
 * @property {IntervalEstimate} slope
 * @property {number[]} random_slopes
 * @property {number[]} random_sensitivities
 * @property {string} verdict
 */

/**
 * @typedef {object} ShownConceptMove The watched picture moved along the concept, and along random sets'
 *   directions
 * @property {number} index
 * @property {number} target
 * @property {string} label
 * @property {ShownPicture} pictures behind each other, the first as the generator draws it
 * @property {Float32Array & Shaped} probabilities (steps + 1, K)
 * @property {Float32Array & Shaped} logits (steps + 1,) of the class
 * @property {Float32Array & Shaped} random_logits (R, steps + 1) of the class, at random
 * @property {string | null} judged what the judge sees at the end; null: there is none
 * @property {boolean} is_beyond whether the class changes more than along all of these
 */

/**
 * @typedef {object} ShownMask What is painted on a picture
 * @property {number} picture
 * @property {Int32Array & Shaped} cells row by row
 * @property {ShownPicture} thumbnail
 */

/**
 * @typedef {object} ShownDissection How well the units' active places cover what is painted
 * @property {number} unit
 * @property {number} pictures
 * @property {number} quantile
 * @property {Float32Array & Shaped} iou (U,) of all units
 * @property {IntervalEstimate} estimate of the unit that is looked at
 * @property {number | null} chance its, with the masks exchanged; null: there is one mask
 * @property {number} best the unit that covers it best
 * @property {IntervalEstimate} best_estimate
 * @property {number | null} best_chance
 */

/**
 * @typedef {object} ShownConductance The mean conductance of the unit in the pictures of a class, or the
 *   chosen ones
 * @property {string} name
 * @property {number} count
 * @property {IntervalEstimate} estimate
 */

/**
 * @typedef {object} ShownSpecific A unit of the highest mean conductance in the chosen pictures, and its
 *   mean elsewhere
 * @property {number} unit
 * @property {IntervalEstimate} inside
 * @property {IntervalEstimate | null} outside
 */

/**
 * @typedef {object} ShownProfile How much of the predicted classes' scores passes through the unit
 * @property {number} unit
 * @property {number} pictures
 * @property {ShownConductance[]} classes by what is predicted
 * @property {ShownConductance | null} chosen null: none was chosen
 * @property {ShownSpecific[]} specific of the chosen, the highest first
 */

/**
 * @typedef {object} NeuronState Which unit of which layer is looked at, which are silenced, and what is a
 *   concept
 * @property {string} layer The layer whose units are looked at
 * @property {number} unit A unit of the layer, from 0: a channel, a feature map, a feature of tokens
 * @property {number[]} silenced Units that answer 0 everywhere, to see what the network is without them
 * @property {number} index The picture whose prediction is watched
 * @property {number[]} examples Pictures that have the concept; all others have not
 * @property {number} target The class that may follow the concept
 * @property {number} quantile A unit is active at its most active places: so large a share of those of all
 *   pictures
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {string} network
 * @property {Note[]} notes
 * @property {string[]} classes
 * @property {string[]} layers
 * @property {number} count
 * @property {boolean} draws whether there is a generator
 * @property {ShownPicture | null} all_pictures the first ones, behind each other
 * @property {ShownUnits | null} units
 * @property {ShownFavourites | null} favourites
 * @property {WatchedPrediction | null} watched
 * @property {ShownMaximised[]} maximised
 * @property {ShownConcept | null} concept
 * @property {ShownConceptMove | null} moved
 * @property {ShownMask[]} paintings what is painted by hand
 * @property {ShownDissection | null} dissection
 * @property {ShownProfile | null} profile
 */

/**
 * @typedef {object} ShownSignature The pictures of the class, and how far each stands out
 * @property {Int32Array & Shaped} indices
 * @property {Float32Array & Shaped} projections (n, 2), in standard deviations of the first
 * @property {number[]} variance shares along the two
 * @property {string} layer
 */

/**
 * @typedef {object} ShownWindow A window that may hold the trigger, and what it does
 * @property {string} name
 * @property {[top: number, left: number, height: number, width: number]} window
 * @property {IntervalEstimate} paste_rate
 * @property {IntervalEstimate} paste_control
 * @property {IntervalEstimate} erase_rate
 * @property {IntervalEstimate} erase_control
 * @property {boolean} control whether it is where the maps differ least
 */

/**
 * @typedef {object} ShownTrigger The join of the suspects minus the join of ordinary pictures, and the
 *   windows proposed
 * @property {Float32Array & Shaped} difference
 * @property {number[]} row_edges
 * @property {number[]} column_edges
 * @property {ShownPicture} picture the mean of the suspects
 * @property {number} suspects
 * @property {ShownWindow[]} windows the control last
 */

/**
 * @typedef {object} ShownCleansing How often the trigger succeeds before and after training again
 * @property {number} removed
 * @property {IntervalEstimate} before
 * @property {IntervalEstimate | null} after
 * @property {IntervalEstimate | null} control without as many others
 * @property {IntervalEstimate | null} accuracy_before
 * @property {IntervalEstimate | null} accuracy_after
 */

/**
 * @typedef {object} ShownTruth Which pictures of the class are poisoned, and how well scores tell
 * @property {Uint8Array & Shaped} poisoned
 * @property {Record<string, IntervalEstimate>} areas AUROC by score; chance is 0.5
 */

/**
 * @typedef {object} PoisonState Which class is looked at, which of its pictures, and what they are taken
 *   for
 * @property {number} target The class whose pictures are looked at, by the labels that they were given
 * @property {number[]} brush From where to where the projection is brushed, in standard deviations: the
 *   uncertain region of i-Algebra's Case C at first. Brushing chooses
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {number[]} poisoned Pictures marked as poisoned: training again leaves them out
 * @property {number[]} clean Pictures marked as clean
 * @property {boolean} show_truth Whether to show which pictures are poisoned, where that is known
 * @property {string} network
 * @property {Note[]} notes
 * @property {string[]} classes
 * @property {number} count
 * @property {boolean} trains whether there is a recipe to train again
 * @property {boolean} has_truth
 * @property {ShownSignature | null} signature
 * @property {ShownPicture | null} thumbnails of the class, one after the other
 * @property {ShownTrigger | null} trigger
 * @property {ShownCleansing | null} cleansing
 * @property {ShownTruth | null} poisons only when asked for
 */

/**
 * @typedef {object} ShownArm What people answered in one arm
 * @property {string} arm
 * @property {number} people
 * @property {number} count
 * @property {number} right
 * @property {number} unsure
 * @property {IntervalEstimate} accuracy resampled by people
 * @property {IntervalEstimate | null} precision
 * @property {IntervalEstimate | null} recall
 * @property {IntervalEstimate | null} f1
 * @property {IntervalEstimate | null} seconds the median response time
 * @property {number | null} above_chance p, one-sided; null: too few people
 * @property {Float32Array & Shaped} mean right answers up to each trial
 * @property {Float32Array & Shaped} low of its 95 % interval
 * @property {Float32Array & Shaped} high
 * @property {Float32Array & Shaped} times the share of answers in each bin
 * @property {number[]} ratings how often each, from 1 to 5
 */

/**
 * @typedef {object} ShownArmPair One arm against another
 * @property {string} arm
 * @property {string} other
 * @property {IntervalEstimate} difference
 * @property {number | null} pvalue
 * @property {number | null} corrected
 * @property {string} method
 * @property {string} verdict
 */

/**
 * @typedef {object} ShownPower How many people it would take to show the difference that was seen
 * @property {string} arm
 * @property {string} other
 * @property {number | null} needed people a side, for 80 %; null: there is no difference to show
 */

/**
 * @typedef {object} ShownReport What a log says
 * @property {string} study
 * @property {string} question
 * @property {string} positive
 * @property {number} people
 * @property {number} answers
 * @property {number} chance
 * @property {string[]} notes
 * @property {ShownArm[]} arms
 * @property {ShownArmPair[]} pairs by right answers
 * @property {ShownArmPair[]} by_item of items that people judged in both arms
 * @property {ShownArmPair[]} slower by response times
 * @property {ShownPower | null} power
 * @property {Float32Array & Shaped} time_edges of the bins of response times, in seconds
 * @property {string[]} ratings
 */

/**
 * @typedef {object} ReportState What is claimed of the arms
 * @property {"greater" | "two-sided"} alternative One-sided or two-sided tests; say which before you look
 * @property {string} path
 * @property {ShownReport | null} report
 */

/**
 * @typedef {object} ShownView A picture, a morph, or a saved page
 * @property {"picture" | "morph" | "page"} kind
 * @property {number} count of frames
 * @property {number} height
 * @property {number} width
 * @property {Uint8Array & Shaped} data RGB, frame by frame
 * @property {string} page
 */

/**
 * @typedef {object} ShownOutcome What came of an answer
 * @property {boolean} right
 * @property {string} answer
 * @property {string} truth
 */

/**
 * @typedef {object} RoomState Who sits in it
 * @property {string} person The code of the person, by which they go on after a restart; empty before they
 *   begin
 * @property {string} study by which the page remembers who has not finished
 * @property {string} consent
 * @property {string} instructions
 * @property {string} question
 * @property {string[]} answers
 * @property {boolean} unsure whether the key 0 is an answer
 * @property {string[]} ratings
 * @property {number} total
 * @property {"consent" | "instructions" | "item" | "feedback" | "rating" | "done"} phase
 * @property {number} trial from 1
 * @property {ShownView | null} item
 * @property {ShownView | null} view beside the item, or after the answer
 * @property {ShownOutcome | null} outcome
 * @property {number | null} right of all; null before the end
 * @property {string[]} log_notes
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
 */

/**
 * @typedef {object} ShownSearch All trainings of one strategy so far; a trial is a place in the columns
 * @property {"shift" | "reseed" | "order" | "all"} strategy
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
 * @property {number} frame
 */

/**
 * @typedef {object} ShownComparison By how much the trials of the first search are better than those of the
 *   second
 * @property {number} difference of the means, 0.01 is one point
 * @property {number} error two standard errors after Welch
 * @property {[number, number]} counts of trials
 * @property {boolean} held_out whether these are accuracies on what is held out
 */

/**
 * @typedef {object} ShownGhost A search with another recipe, as it was left
 * @property {string} name
 * @property {Int32Array & Shaped} number
 * @property {Float32Array & Shaped} gain the best so far
 */

/**
 * @typedef {object} ShownLane One way to a network, over all seeds
 * @property {string} name
 * @property {IntervalEstimate} held_out the mean over seeds of the network chosen by training
 * @property {IntervalEstimate | null} chosen the best shown on one half of what is held out
 * @property {IntervalEstimate | null} read the same on the other half
 */

/**
 * @typedef {object} ShownRace Which way is better, by pairs of one seed
 * @property {number} seeds that are finished
 * @property {ShownLane[]} lanes
 * @property {string[]} verdicts
 */

/**
 * @typedef {object} AccuracyState From where networks are trained, and when that ends
 * @property {number[]} deltas deltas: training t of each starts from the initial weights + t * delta
 * @property {number | null} max_time max_time: a budget; like the others, it acts while the search runs
 * @property {number | null} max_trial max_trial: trials for each delta; redrawn starts have as many as all
 *   deltas together
 * @property {number | null} max_gain max_gain, of training accuracy: 0.01 is one point
 * @property {"shift" | "reseed" | "order" | "all"} strategy What the trainings differ in. "reseed": the
 *   initial weights are redrawn; "order": the order of the examples is; "all": both
 * @property {boolean} race A race: shifting, and what is chosen here (or redrawn weights), get the same
 *   budget
 * @property {number[]} hidden hidden: their sizes, from the first; another recipe is another search
 * @property {number} epochs
 * @property {number} batch_size
 * @property {number} learning_rate
 * @property {string} kernel_initializer kernel_initializer: Keras's name
 * @property {string} bias_initializer bias_initializer: Keras's name
 * @property {number} seed
 * @property {number} seeds How many pairs a verdict is made of; with one there is none
 * @property {boolean} longer What the same patience could buy
 * @property {ShownRecipe | null} settings
 * @property {ShownSearch[]} searches
 * @property {ShownComparison | null} comparison null: not two trials a side
 * @property {boolean} paused whether it was stopped to be gone on with
 * @property {ShownGhost[]} ghosts what was searched with other recipes
 * @property {ShownRace | null} lanes a verdict over several seeds
 * @property {boolean} has_held_out
 * @property {boolean} openable whether the inputs are pictures, for the Explorer
 */

/**
 * @typedef {object} ShownNode A question, or a leaf
 * @property {string} feature
 * @property {number} threshold
 * @property {number} below the node where the feature is at most the threshold; -1: a leaf
 * @property {number} above
 * @property {number} leaf its place among the leaves; -1: none
 */

/**
 * @typedef {object} ShownLeaf What the tree says of the pictures that come here
 * @property {string} label
 * @property {string[]} conditions
 * @property {number} count
 * @property {number} tested held out, of the pictures
 * @property {IntervalEstimate | null} agreement
 */

/**
 * @typedef {object} ShownDepth A tree of another depth
 * @property {IntervalEstimate} agreement
 * @property {IntervalEstimate} gain over one question less
 * @property {number} leaves
 */

/**
 * @typedef {object} ShownTree A tree, and how often it says what the network says
 * @property {number} depth
 * @property {string} features
 * @property {number | null} grid null: it does not ask about cells
 * @property {ShownNode[]} nodes the root first
 * @property {ShownLeaf[]} leaves
 * @property {Int32Array & Shaped} leaf_of (N,) the leaf of each picture
 * @property {Int32Array & Shaped} predicted (N,) the class that the network predicts
 * @property {Uint8Array & Shaped} held_out (N,)
 * @property {IntervalEstimate} agreement
 * @property {IntervalEstimate} majority
 * @property {ShownDepth[]} depths
 * @property {Record<string, IntervalEstimate>} per_class
 * @property {Record<string, number>} importance
 */

/**
 * @typedef {object} SurrogateState Which tree stands for the network
 * @property {"cells" | "latents" | "pca" | "own"} features What the tree asks about: the mean brightness of
 *   each cell, a generator's latents, principal components of the pixels, or what a function makes of the
 *   inputs
 * @property {number} depth Questions on the way to a leaf, at most
 * @property {number} grid Rows and columns of "cells"
 * @property {number} held_out The share of the pictures that only test the tree
 * @property {number} seed Of which pictures these are
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {string} network
 * @property {Note[]} notes
 * @property {string[]} classes
 * @property {number} count
 * @property {string[]} offered the features that can be asked about
 * @property {ShownTree | null} tree
 * @property {Record<string, ShownPicture>} saved small pictures of a saved page, by number
 */

/**
 * @typedef {object} ShownWord A word of the sentence
 * @property {string} text
 * @property {boolean} is_known whether the network knows it
 * @property {boolean} special whether the tokenizer has added it
 */

/**
 * @typedef {object} ShownTextContrast The way from the sentence to the boundary between its class and
 *   another
 * @property {number} true
 * @property {number} probe
 * @property {string} true_label
 * @property {string} probe_label
 * @property {string} start_label what the network says of the generator's own sentence
 * @property {Float32Array & Shaped} positions 0: the sentence, 1: the boundary
 * @property {string[][]} candidates of each word, the own one first
 * @property {Float32Array & Shaped} weights (frames, words, candidates)
 * @property {Float32Array & Shaped} log_likelihoods (frames, classes), of mixtures of words
 * @property {string} sentence of real words
 * @property {string[]} replacements
 * @property {boolean[]} changed
 * @property {number[]} change how much weight goes over to other words
 * @property {string} hard_label
 * @property {number} hard_probability
 * @property {boolean} holds whether the sentence of real words is of the probe class
 * @property {boolean} converged
 * @property {number} distance
 * @property {number} gradients
 * @property {number} seconds
 * @property {string} device
 */

/**
 * @typedef {object} ShownEffects What each word adds to the class and not to the probe, in log odds
 * @property {number[]} leave_one_out
 * @property {number[]} gradient
 */

/**
 * @typedef {object} AskedSentence A question that was answered
 * @property {string} sentence
 * @property {number} probe
 * @property {number[]} pinned
 * @property {string} title
 * @property {string} answer
 */

/**
 * @typedef {object} TextContrastState Why is this sentence not of the probe class? And which words must
 *   stay
 * @property {string} sentence The sentence that is asked about
 * @property {number | null} probe The class asked about (a name is taken, too); None is the runner-up
 * @property {number[]} pinned The places of words that must stay
 * @property {number} position The scrubber: 0: the sentence, 1: the boundary
 * @property {number} tolerance Tolerance: how near to equally likely is enough, in log-likelihood
 * @property {number | null} max_steps max_steps of the search; automatic (None): 60
 * @property {string[]} classes
 * @property {Note[]} notes
 * @property {string[]} sentences to choose from
 * @property {ShownWord[]} words
 * @property {Ranking | null} prediction
 * @property {ShownTextContrast | null} contrast
 * @property {ShownEffects | null} effects
 * @property {AskedSentence[]} questions
 */

/**
 * @typedef {object} NeighbourAgreement The share of a picture's nearest neighbours that have its class, on
 *   average
 * @property {IntervalEstimate} full
 * @property {IntervalEstimate} plane
 * @property {number} chance
 */

/**
 * @typedef {object} ShownLoss How far a plane can be believed
 * @property {number} trustworthiness points at random have about 0.5
 * @property {NeighbourAgreement} agree of neighbours, among the vectors and on the plane
 * @property {number | null} variance the share that is shown; null: t-SNE keeps no distances
 */

/**
 * @typedef {object} ShownPlane Where pictures lie
 * @property {Float32Array & Shaped} points (n, 2)
 * @property {string} layer
 * @property {string} method
 * @property {number} frame
 * @property {ShownLoss | null} loss null while it is being laid out
 */

/**
 * @typedef {object} ShownCross An edited or attacked picture on the map
 * @property {string} name
 * @property {number} x
 * @property {number} y
 * @property {number | null} of the picture that it is of
 * @property {number} predicted
 * @property {ShownPicture} thumbnail
 */

/**
 * @typedef {object} VectorMapState Which vectors are laid out, how, and how the points are drawn
 * @property {string} layer Whose answers represent a picture, the mean over places of each unit: a name of
 *   `layers`; "penultimate" is what the last linear layer is given
 * @property {"pca" | "tsne"} method The two directions of largest variance (principal components), or
 *   t-SNE, which keeps neighbours together and no distances
 * @property {number} seed Of t-SNE, and of noise
 * @property {string} colour What colours say: "label", "prediction", "right or wrong", or a name of
 *   `scores`
 * @property {number[]} dimmed Classes whose points are dimmed, by number
 * @property {number[]} selection The pictures that are chosen, as numbers of those that the widget was
 *   given, from 0
 * @property {string} network
 * @property {Note[]} notes
 * @property {string[]} classes
 * @property {number} count
 * @property {string[]} layers
 * @property {Int32Array & Shaped | null} labels
 * @property {Int32Array & Shaped | null} predicted
 * @property {Record<string, Float32Array & Shaped>} scores NaN: not known of this picture
 * @property {ShownPlane | null} plane
 * @property {ShownPlane | null} noise the same for noise, where asked for
 * @property {ShownCross[]} crosses
 * @property {boolean} has_rival
 * @property {Record<string, ShownPicture>} saved small pictures of a saved page, by number
 */

export const CONTRAST = /** @satisfies {Record<string, Setting>} */ ({
  scale: {
    "name": "scale", "kind": "choice", "label": "Curves in",
    "doc": "Probabilities of the classes, or their logarithms, which tell small ones apart.", "unit": "",
    "least": null, "most": null, "choices": [["percent", "0 to 100 %"], ["log-likelihood", "log-likelihood"]],
    "group": "What is shown", "optional": false, "empty": "", "scale": 1, "pageOnly": true,
  },
  opacity: {
    "name": "opacity", "kind": "float", "label": "Opacity",
    "doc": "Opacity of red (to be brighter) and blue (to be darker).", "unit": "%", "least": 0, "most": 1,
    "choices": null, "group": "What is shown", "optional": false, "empty": "", "scale": 100, "pageOnly": true,
  },
  channel: {
    "name": "channel", "kind": "choice", "label": "Changes of",
    "doc": "Of a coloured picture: what is shown of the change; see `contrast.read_change`.", "unit": "",
    "least": null, "most": null,
    "choices": [
      ["strongest", "the colour that changes most"], ["rgb", "all three colours"],
      ["brightness", "brightness"], ["hue", "hue"], ["red", "red"], ["green", "green"], ["blue", "blue"],
    ],
    "group": "What is shown", "optional": false, "empty": "", "scale": 1, "pageOnly": true,
  },
  direct: {
    "name": "direct", "kind": "choice", "label": "Compare with",
    "doc": "The maps of both classes by a direct method, subtracted.", "unit": "", "least": null,
    "most": null,
    "choices": [
      ["", "nothing"], ["gradient", "Gradient"], ["occlusion", "Occlusion"], ["class means", "Class means"],
      ["gradcam", "Grad-CAM"], ["lime", "LIME"], ["lrp", "LRP"], ["pda", "PDA"],
    ],
    "group": "What is shown", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  direct_two: {
    "name": "direct_two", "kind": "choice", "label": "and with",
    "doc": "Another direct method, beside the first.", "unit": "", "least": null, "most": null,
    "choices": [
      ["", "nothing"], ["gradient", "Gradient"], ["occlusion", "Occlusion"], ["class means", "Class means"],
      ["gradcam", "Grad-CAM"], ["lime", "LIME"], ["lrp", "LRP"], ["pda", "PDA"],
    ],
    "group": "What is shown", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  direct_fill: {
    "name": "direct_fill", "kind": "choice", "label": "Occlude with",
    "doc": "What occlusion hides windows behind; dark cannot tell what is missing.", "unit": "",
    "least": null, "most": null,
    "choices": [["dark", "dark"], ["bright", "bright"], ["mean", "the mean colour"]],
    "group": "What is shown", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  direct_window: {
    "name": "direct_window", "kind": "int", "label": "Window",
    "doc": "The side of occlusion's window; automatic (None): an eighth of the shorter side.",
    "unit": "pixels", "least": 1, "most": null, "choices": null, "group": "What is shown", "optional": true,
    "empty": "auto", "scale": 1, "pageOnly": false,
  },
  xgems: {
    "name": "xgems", "kind": "bool", "label": "Other classes may win",
    "doc": "xGEMs: the same search without third-class constraints, shown beside it.", "unit": "",
    "least": null, "most": null, "choices": null, "group": "What is shown", "optional": false, "empty": "",
    "scale": 1, "pageOnly": false,
  },
  all_classes: {
    "name": "all_classes", "kind": "bool", "label": "All classes",
    "doc": "Ask about the twelve likeliest probes, too.", "unit": "", "least": null, "most": null,
    "choices": null, "group": "What is shown", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  all_pictures: {
    "name": "all_pictures", "kind": "bool", "label": "All pictures",
    "doc": "Ask the same of all pictures, and show the mean change, each counting the same.", "unit": "",
    "least": null, "most": null, "choices": null, "group": "What is shown", "optional": false, "empty": "",
    "scale": 1, "pageOnly": false,
  },
  margin: {
    "name": "margin", "kind": "float", "label": "Others stay below by",
    "doc": "Margin: how far third classes stay below both, in log-likelihood.", "unit": "nats", "least": 0,
    "most": 100, "choices": null, "group": "How it is searched", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  tolerance: {
    "name": "tolerance", "kind": "float", "label": "Equal up to",
    "doc": "Tolerance: how near to equally likely is enough, in log-likelihood.", "unit": "nats",
    "least": 0.0001, "most": 10, "choices": null, "group": "How it is searched", "optional": false,
    "empty": "", "scale": 1, "pageOnly": false,
  },
  max_steps: {
    "name": "max_steps", "kind": "int", "label": "Most steps",
    "doc": "max_steps of the search; automatic (None): as many as the schedule has.", "unit": "", "least": 1,
    "most": null, "choices": null, "group": "How it is searched", "optional": true, "empty": "automatic",
    "scale": 1, "pageOnly": false,
  },
  seed: {
    "name": "seed", "kind": "int", "label": "Random start",
    "doc": "Seed: the same one gives the same answer.", "unit": "", "least": 0, "most": null, "choices": null,
    "group": "How it is searched", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  starts: {
    "name": "starts", "kind": "int", "label": "Random starts",
    "doc": "So many searches from other random starts, side by side: how stable is the answer?", "unit": "",
    "least": 1, "most": 5, "choices": null, "group": "How it is searched", "optional": false, "empty": "",
    "scale": 1, "pageOnly": false,
  },
  schedule: {
    "name": "schedule", "kind": "choice", "label": "Way of searching",
    "doc": "Schedule: quadratic programs by default; the paper's is gradient descent.", "unit": "",
    "least": null, "most": null, "choices": [["default", "default"], ["paper", "as in the paper"]],
    "group": "How it is searched", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
});

export const DETECTOR = /** @satisfies {Record<string, Setting>} */ ({
  rule: {
    "name": "rule", "kind": "choice", "label": "Dial set to",
    "doc":
      "Where the threshold comes from: the first three, on the validation images of the detector (with " +
      "`recall`); \"cost\", on these.",
    "unit": "", "least": null, "most": null,
    "choices": [
      ["balanced", "both kinds alike"], ["correct_recall", "so many right kept"],
      ["wrong_recall", "so many wrong caught"], ["cost", "cheapest"], ["by_hand", "by hand"],
    ],
    "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  recall: {
    "name": "recall", "kind": "float", "label": "Wanted share in percent",
    "doc": "Recall: of right predictions those kept, or of wrong ones those caught.", "unit": "", "least": 0,
    "most": 1, "choices": null, "group": "", "optional": false, "empty": "", "scale": 100, "pageOnly": false,
  },
  cost_check: {
    "name": "cost_check", "kind": "float", "label": "One check",
    "doc": "What it costs to check a prediction.", "unit": "", "least": 0, "most": null, "choices": null,
    "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  cost_miss: {
    "name": "cost_miss", "kind": "float", "label": "One miss",
    "doc": "What a wrong prediction costs that was kept.", "unit": "", "least": 0, "most": null,
    "choices": null, "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  test_set: {
    "name": "test_set", "kind": "choice", "label": "Images",
    "doc":
      "What is done to the images that the detectors are tested on: `reliability.corrupted`; \"pgd\" " +
      "attacks half of those that are predicted rightly (`reliability.attacked`).",
    "unit": "", "least": null, "most": null,
    "choices": [
      ["given", "as they were given"], ["noise", "with noise"], ["blur", "blurred"],
      ["contrast", "with less contrast"], ["shift", "shifted"], ["rotation", "turned"],
      ["pgd", "half of them attacked"],
    ],
    "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  test_strength: {
    "name": "test_strength", "kind": "int", "label": "How strongly", "doc": "From 1, hardly seen, to 5.",
    "unit": "", "least": 1, "most": 5, "choices": null, "group": "", "optional": false, "empty": "",
    "scale": 1, "pageOnly": false,
  },
  new_layer: {
    "name": "new_layer", "kind": "str", "label": "Layer",
    "doc": "Whose conductances a new detector looks at; a name of `layers`.", "unit": "", "least": null,
    "most": null, "choices": null, "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  new_operator: {
    "name": "new_operator", "kind": "choice", "label": "Copies that vote",
    "doc":
      "Mutation operator: how the copies (mutants) differ whose votes are the label change rate.",
    "unit": "", "least": null, "most": null,
    "choices": [
      ["NAI", "negate what units say (NAI)"], ["GF", "add noise to weights (GF)"],
      ["WS", "shuffle weights of a unit (WS)"], ["NS", "switch units (NS)"],
      ["none", "no mutants: conductance alone"],
    ],
    "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  new_rate: {
    "name": "new_rate", "kind": "float", "label": "Units changed in percent",
    "doc":
      "Mutation rate: the share of the network's units that a mutant changes; auto: the largest of which " +
      "about half of the mutants are kept.",
    "unit": "", "least": 0.0001, "most": 1, "choices": null, "group": "", "optional": true, "empty": "auto",
    "scale": 100, "pageOnly": false,
  },
  new_count: {
    "name": "new_count", "kind": "int", "label": "How many copies", "doc": "Count of mutants.", "unit": "",
    "least": 1, "most": 10000, "choices": null, "group": "", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  new_keep: {
    "name": "new_keep", "kind": "float", "label": "As right as it, in percent",
    "doc":
      "Accuracy that a mutant must keep, as a share of the network's own, on the validation images; one " +
      "that loses more is drawn anew.",
    "unit": "", "least": 0.01, "most": 1, "choices": null, "group": "", "optional": false, "empty": "",
    "scale": 100, "pageOnly": false,
  },
  new_steps: {
    "name": "new_steps", "kind": "int", "label": "Steps to the picture",
    "doc": "Of the path from the baseline to the picture, along which conductance is summed.", "unit": "",
    "least": 1, "most": 1000, "choices": null, "group": "", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  new_combine: {
    "name": "new_combine", "kind": "choice", "label": "Combined by",
    "doc": "What learns to make one score of conductance and label change rate.", "unit": "", "least": null,
    "most": null,
    "choices": [
      ["network", "a small network"], ["forest", "a random forest"], ["lda", "linear discriminant analysis"],
      ["qda", "quadratic discriminant analysis"],
    ],
    "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  new_trivial: {
    "name": "new_trivial", "kind": "bool", "label": "combine the free scores, too",
    "doc": "Whether 1 - largest probability and entropy are combined with the others.", "unit": "",
    "least": null, "most": null, "choices": null, "group": "", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
});

export const DISAGREEMENT = /** @satisfies {Record<string, Setting>} */ ({
  arm: {
    "name": "arm", "kind": "choice", "label": "Which maps",
    "doc":
      "\"apart\": their anti-join; \"alone\": the baseline of Case A; in turn: by the place in the queue, so " +
      "that both can be compared.",
    "unit": "", "least": null, "most": null,
    "choices": [
      ["in turn", "Both in turn"], ["apart", "What tells the networks apart"],
      ["alone", "Each network's map alone"],
    ],
    "group": "Maps", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  grid: {
    "name": "grid", "kind": "int", "label": "Cells a side",
    "doc": "Of the maps; another number explains anew.", "unit": "", "least": 1, "most": 32, "choices": null,
    "group": "Maps", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  budget: {
    "name": "budget", "kind": "int", "label": "Evaluations", "doc": "Of each network, for each map.",
    "unit": "a map", "least": 2, "most": 100000, "choices": null, "group": "Maps", "optional": false,
    "empty": "", "scale": 1, "pageOnly": false,
  },
});

export const EXPLORER = /** @satisfies {Record<string, Setting>} */ ({
  method: {
    "name": "method", "kind": "str", "label": "Explainer",
    "doc":
      "What explains: a method of attribution by name, maybe with settings, as in a query: \"shapley\", " +
      "\"ig(steps=100)\", \"gradcam\".",
    "unit": "", "least": null, "most": null, "choices": null, "group": "How it is asked", "optional": false,
    "empty": "", "scale": 1, "pageOnly": false,
  },
  beside: {
    "name": "beside", "kind": "str", "label": "Beside it",
    "doc": "A second explainer, whose map of the same picture stands beside; empty: none.", "unit": "",
    "least": null, "most": null, "choices": null, "group": "How it is asked", "optional": false, "empty": "",
    "scale": 1, "pageOnly": false,
  },
  baseline: {
    "name": "baseline", "kind": "str", "label": "Hidden parts become",
    "doc": "The baseline: \"zeros\", \"mean\", \"blur\", or a reference.", "unit": "", "least": null,
    "most": null, "choices": null, "group": "How it is asked", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  output: {
    "name": "output", "kind": "choice", "label": "What is explained",
    "doc":
      "The output of the network: the logit, which is its score before the softmax, or the probability " +
      "after it.",
    "unit": "", "least": null, "most": null, "choices": [["logit", "score"], ["probability", "probability"]],
    "group": "How it is asked", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  budget: {
    "name": "budget", "kind": "int", "label": "Trials",
    "doc":
      "The budget: how often the network is asked with some parts hidden (a coalition of the others). It " +
      "acts while the work is under way.",
    "unit": "evaluations", "least": 64, "most": 16384, "choices": null, "group": "How it is asked",
    "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  seed: {
    "name": "seed", "kind": "int", "label": "Seed",
    "doc": "Of the random trials: the same seed gives the same map.", "unit": "", "least": 0, "most": null,
    "choices": null, "group": "How it is asked", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  grid: {
    "name": "grid", "kind": "int", "label": "Patches per side",
    "doc": "The grid of cells into which the window is cut.", "unit": "", "least": 2, "most": 16,
    "choices": null, "group": "How it is asked", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  players: {
    "name": "players", "kind": "choice", "label": "Parts",
    "doc":
      "What is hidden and shown: the players of the game. Cells of a grid, segments of similar colour " +
      "(SLIC), or cells of which those that count are cut in four.",
    "unit": "", "least": null, "most": null,
    "choices": [
      ["grid", "patches of a grid"], ["segments", "segments of the picture"],
      ["adaptive", "finer where it matters"],
    ],
    "group": "How it is asked", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  opacity: {
    "name": "opacity", "kind": "float", "label": "Opacity", "doc": "Of the map over the picture.",
    "unit": "%", "least": 0, "most": 1, "choices": null, "group": "How it is drawn", "optional": false,
    "empty": "", "scale": 100, "pageOnly": true,
  },
  look: {
    "name": "look", "kind": "choice", "label": "Look",
    "doc": "Of the map: its cells, or values interpolated between their middles.", "unit": "", "least": null,
    "most": null, "choices": [["cells", "patches"], ["smooth", "smooth"]], "group": "How it is drawn",
    "optional": false, "empty": "", "scale": 1, "pageOnly": true,
  },
  hatching: {
    "name": "hatching", "kind": "bool", "label": "Hatch what is not certain",
    "doc": "Whether cells whose sign is uncertain are hatched; they are fainter anyway.", "unit": "",
    "least": null, "most": null, "choices": null, "group": "How it is drawn", "optional": false, "empty": "",
    "scale": 1, "pageOnly": true,
  },
  zoom: {
    "name": "zoom", "kind": "bool", "label": "Zoom into the window",
    "doc": "Whether the window fills the place of the picture; else it is drawn on the picture.", "unit": "",
    "least": null, "most": null, "choices": null, "group": "How it is drawn", "optional": false, "empty": "",
    "scale": 1, "pageOnly": true,
  },
  color_range: {
    "name": "color_range", "kind": "float", "label": "Colour range",
    "doc": "The contribution at full colour; None: that of the maps shown.", "unit": "", "least": 0,
    "most": null, "choices": null, "group": "How it is drawn", "optional": true, "empty": "", "scale": 1,
    "pageOnly": true,
  },
});

export const GENERATORLAB = /** @satisfies {Record<string, Setting>} */ ({
  residual: {
    "name": "residual", "kind": "bool", "label": "Add what it misses",
    "doc":
      "Whether what the generator cannot draw of the picture is added to what it draws, as CDeepEx does.",
    "unit": "", "least": null, "most": null, "choices": null, "group": "", "optional": false, "empty": "",
    "scale": 1, "pageOnly": false,
  },
  hold: {
    "name": "hold", "kind": "bool", "label": "Hold the class",
    "doc": "Whether all are moved together only as far as the network keeps its class.", "unit": "",
    "least": null, "most": null, "choices": null, "group": "", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
});

export const NEURON = /** @satisfies {Record<string, Setting>} */ ({
  layer: {
    "name": "layer", "kind": "str", "label": "Layer", "doc": "The layer whose units are looked at.",
    "unit": "", "least": null, "most": null, "choices": null, "group": "", "optional": false, "empty": "",
    "scale": 1, "pageOnly": false,
  },
  unit: {
    "name": "unit", "kind": "int", "label": "Unit",
    "doc": "A unit of the layer, from 0: a channel, a feature map, a feature of tokens.", "unit": "",
    "least": 0, "most": null, "choices": null, "group": "", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  index: {
    "name": "index", "kind": "int", "label": "Picture", "doc": "The picture whose prediction is watched.",
    "unit": "", "least": 0, "most": null, "choices": null, "group": "", "optional": false, "empty": "",
    "scale": 1, "pageOnly": false,
  },
  target: {
    "name": "target", "kind": "int", "label": "Class", "doc": "The class that may follow the concept.",
    "unit": "", "least": 0, "most": null, "choices": null, "group": "", "optional": false, "empty": "",
    "scale": 1, "pageOnly": false,
  },
  quantile: {
    "name": "quantile", "kind": "float", "label": "Active places in percent",
    "doc": "A unit is active at its most active places: so large a share of those of all pictures.",
    "unit": "", "least": 0.001, "most": 0.5, "choices": null, "group": "", "optional": false, "empty": "",
    "scale": 100, "pageOnly": false,
  },
});

export const POISON = /** @satisfies {Record<string, Setting>} */ ({
  target: {
    "name": "target", "kind": "int", "label": "Class",
    "doc": "The class whose pictures are looked at, by the labels that they were given.", "unit": "",
    "least": 0, "most": null, "choices": null, "group": "", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  brush: {
    "name": "brush", "kind": "list", "label": "Brush",
    "doc":
      "From where to where the projection is brushed, in standard deviations: the uncertain region of " +
      "i-Algebra's Case C at first. Brushing chooses.",
    "unit": "", "least": null, "most": null, "choices": null, "group": "", "optional": false, "empty": "",
    "scale": 1, "pageOnly": false,
  },
  show_truth: {
    "name": "show_truth", "kind": "bool", "label": "Show the truth",
    "doc": "Whether to show which pictures are poisoned, where that is known.", "unit": "", "least": null,
    "most": null, "choices": null, "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
});

export const REPORT = /** @satisfies {Record<string, Setting>} */ ({
  alternative: {
    "name": "alternative", "kind": "choice", "label": "What is claimed",
    "doc": "One-sided or two-sided tests; say which before you look.", "unit": "", "least": null,
    "most": null, "choices": [["greater", "A later arm is better"], ["two-sided", "Arms differ"]],
    "group": "", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
});

export const ACCURACY = /** @satisfies {Record<string, Setting>} */ ({
  deltas: {
    "name": "deltas", "kind": "list", "label": "Shifts",
    "doc": "deltas: training t of each starts from the initial weights + t * delta.", "unit": "",
    "least": null, "most": null, "choices": null, "group": "Where a training starts", "optional": false,
    "empty": "", "scale": 1, "pageOnly": false,
  },
  max_time: {
    "name": "max_time", "kind": "float", "label": "Time",
    "doc": "max_time: a budget; like the others, it acts while the search runs.", "unit": "seconds",
    "least": 0, "most": null, "choices": null, "group": "Stop the search after", "optional": true,
    "empty": "no limit", "scale": 1, "pageOnly": false,
  },
  max_trial: {
    "name": "max_trial", "kind": "int", "label": "Trainings per shift",
    "doc": "max_trial: trials for each delta; redrawn starts have as many as all deltas together.",
    "unit": "trainings", "least": 0, "most": null, "choices": null, "group": "Stop the search after",
    "optional": true, "empty": "no limit", "scale": 1, "pageOnly": false,
  },
  max_gain: {
    "name": "max_gain", "kind": "float", "label": "Gain over the start",
    "doc": "max_gain, of training accuracy: 0.01 is one point.", "unit": "points", "least": 0, "most": 1,
    "choices": null, "group": "Stop the search after", "optional": true, "empty": "no limit", "scale": 100,
    "pageOnly": false,
  },
  strategy: {
    "name": "strategy", "kind": "choice", "label": "Where a training starts",
    "doc":
      "What the trainings differ in. \"reseed\": the initial weights are redrawn; \"order\": the order of the" +
      " examples is; \"all\": both.",
    "unit": "", "least": null, "most": null,
    "choices": [
      ["shift", "Weights shifted a little further each time"], ["reseed", "Weights redrawn each time"],
      ["order", "The same weights, examples in another order"], ["all", "Weights and order redrawn"],
    ],
    "group": "Where a training starts", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  race: {
    "name": "race", "kind": "bool", "label": "Compare two, taking turns",
    "doc": "A race: shifting, and what is chosen here (or redrawn weights), get the same budget.", "unit": "",
    "least": null, "most": null, "choices": null, "group": "Where a training starts", "optional": false,
    "empty": "", "scale": 1, "pageOnly": false,
  },
  hidden: {
    "name": "hidden", "kind": "list", "label": "Hidden layers",
    "doc": "hidden: their sizes, from the first; another recipe is another search.", "unit": "", "least": 1,
    "most": null, "choices": null, "group": "How it is trained", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  epochs: {
    "name": "epochs", "kind": "int", "label": "Epochs", "doc": "", "unit": "", "least": 1, "most": null,
    "choices": null, "group": "How it is trained", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  batch_size: {
    "name": "batch_size", "kind": "int", "label": "Batch", "doc": "", "unit": "examples", "least": 1,
    "most": null, "choices": null, "group": "How it is trained", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  learning_rate: {
    "name": "learning_rate", "kind": "float", "label": "Learning rate", "doc": "", "unit": "", "least": 1e-12,
    "most": null, "choices": null, "group": "How it is trained", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  kernel_initializer: {
    "name": "kernel_initializer", "kind": "choice", "label": "Weights at first",
    "doc": "kernel_initializer: Keras's name.", "unit": "", "least": null, "most": null,
    "choices": [
      ["zeros", "zeros"], ["ones", "ones"], ["constant", "constant"], ["random_normal", "random_normal"],
      ["random_uniform", "random_uniform"], ["truncated_normal", "truncated_normal"],
      ["lecun_normal", "lecun_normal"], ["lecun_uniform", "lecun_uniform"],
      ["glorot_normal", "glorot_normal"], ["glorot_uniform", "glorot_uniform"], ["he_normal", "he_normal"],
      ["he_uniform", "he_uniform"],
    ],
    "group": "How it is trained", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  bias_initializer: {
    "name": "bias_initializer", "kind": "choice", "label": "Biases at first",
    "doc": "bias_initializer: Keras's name.", "unit": "", "least": null, "most": null,
    "choices": [
      ["zeros", "zeros"], ["ones", "ones"], ["constant", "constant"], ["random_normal", "random_normal"],
      ["random_uniform", "random_uniform"], ["truncated_normal", "truncated_normal"],
      ["lecun_normal", "lecun_normal"], ["lecun_uniform", "lecun_uniform"],
      ["glorot_normal", "glorot_normal"], ["glorot_uniform", "glorot_uniform"], ["he_normal", "he_normal"],
      ["he_uniform", "he_uniform"],
    ],
    "group": "How it is trained", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  seed: {
    "name": "seed", "kind": "int", "label": "Seed", "doc": "", "unit": "", "least": 0, "most": null,
    "choices": null, "group": "How it is trained", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  seeds: {
    "name": "seeds", "kind": "int", "label": "Seeds",
    "doc": "How many pairs a verdict is made of; with one there is none.", "unit": "", "least": 1,
    "most": 100, "choices": null, "group": "Verdict", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
  longer: {
    "name": "longer", "kind": "bool", "label": "And one network trained twice as long",
    "doc": "What the same patience could buy.", "unit": "", "least": null, "most": null, "choices": null,
    "group": "Verdict", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
});

export const SURROGATE = /** @satisfies {Record<string, Setting>} */ ({
  grid: {
    "name": "grid", "kind": "int", "label": "Cells a side", "doc": "Rows and columns of \"cells\".",
    "unit": "", "least": 1, "most": 32, "choices": null, "group": "", "optional": false, "empty": "",
    "scale": 1, "pageOnly": false,
  },
  held_out: {
    "name": "held_out", "kind": "float", "label": "Held out in percent",
    "doc": "The share of the pictures that only test the tree.", "unit": "", "least": 0.05, "most": 0.9,
    "choices": null, "group": "", "optional": false, "empty": "", "scale": 100, "pageOnly": false,
  },
  seed: {
    "name": "seed", "kind": "int", "label": "Seed", "doc": "Of which pictures these are.", "unit": "",
    "least": 0, "most": null, "choices": null, "group": "", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
});

export const TEXTCONTRAST = /** @satisfies {Record<string, Setting>} */ ({
  tolerance: {
    "name": "tolerance", "kind": "float", "label": "Equal up to",
    "doc": "Tolerance: how near to equally likely is enough, in log-likelihood.", "unit": "nats",
    "least": 0.0001, "most": 10, "choices": null, "group": "How it is searched", "optional": false,
    "empty": "", "scale": 1, "pageOnly": false,
  },
  max_steps: {
    "name": "max_steps", "kind": "int", "label": "Most steps",
    "doc": "max_steps of the search; automatic (None): 60.", "unit": "", "least": 1, "most": null,
    "choices": null, "group": "How it is searched", "optional": true, "empty": "automatic", "scale": 1,
    "pageOnly": false,
  },
});

export const VECTORMAP = /** @satisfies {Record<string, Setting>} */ ({
  method: {
    "name": "method", "kind": "choice", "label": "Laid out by",
    "doc":
      "The two directions of largest variance (principal components), or t-SNE, which keeps neighbours " +
      "together and no distances.",
    "unit": "", "least": null, "most": null,
    "choices": [["pca", "most variance (PCA)"], ["tsne", "neighbours (t-SNE)"]],
    "group": "How it is laid out", "optional": false, "empty": "", "scale": 1, "pageOnly": false,
  },
  seed: {
    "name": "seed", "kind": "int", "label": "Seed", "doc": "Of t-SNE, and of noise.", "unit": "", "least": 0,
    "most": null, "choices": null, "group": "How it is laid out", "optional": false, "empty": "", "scale": 1,
    "pageOnly": false,
  },
});

/** What only the page takes notice of, in any widget. @type {ReadonlySet<string>} */
export const PAGE_ONLY = new Set([
  "channel", "color_range", "colour", "dimmed", "gesture", "hatching", "look", "opacity", "part", "position",
  "reading", "scale", "selection", "specialist", "strength", "truth", "zoom",
]);
