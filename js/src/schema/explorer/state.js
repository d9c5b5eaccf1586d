// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/**
 * @import { Agreement, FitOffer, Fitting, Judgement } from "./output.js"
 * @import { ShownAttack, ShownHeads, ShownLayer, ShownMethod } from "./output.js"
 * @import { ShownPartner, ShownQuestion, ShownReadings, ShownStage } from "./output.js"
 * @import { ShownSweep } from "./output.js"
 */
/** @import { NamedPicture, Note, Ranking, Score, ShownAttribution, ShownPicture } from "../shared.js" */
/** @import { Setting } from "../../ui/settings.js" */

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

export const EXPLORER = /** @satisfies {Record<string, Setting>} */ ({
  method: {
    "name": "method", "kind": "str", "label": "Explainer",
    "doc":
      "What explains: a method of attribution by name, maybe with settings, as in a query: \"shapley\", " +
      "\"ig(steps=100)\", \"gradcam\".",
    "group": "How it is asked",
  },
  beside: {
    "name": "beside", "kind": "str", "label": "Beside it",
    "doc": "A second explainer, whose map of the same picture stands beside; empty: none.",
    "group": "How it is asked",
  },
  baseline: {
    "name": "baseline", "kind": "str", "label": "Hidden parts become",
    "doc": "The baseline: \"zeros\", \"mean\", \"blur\", or a reference.", "group": "How it is asked",
  },
  output: {
    "name": "output", "kind": "choice", "label": "What is explained",
    "doc":
      "The output of the network: the logit, which is its score before the softmax, or the probability " +
      "after it.",
    "choices": [["logit", "score"], ["probability", "probability"]], "group": "How it is asked",
  },
  budget: {
    "name": "budget", "kind": "int", "label": "Trials",
    "doc":
      "The budget: how often the network is asked with some parts hidden (a coalition of the others). It " +
      "acts while the work is under way.",
    "unit": "evaluations", "least": 64, "most": 16384, "group": "How it is asked",
  },
  seed: {
    "name": "seed", "kind": "int", "label": "Seed",
    "doc": "Of the random trials: the same seed gives the same map.", "least": 0, "group": "How it is asked",
  },
  grid: {
    "name": "grid", "kind": "int", "label": "Patches per side",
    "doc": "The grid of cells into which the window is cut.", "least": 2, "most": 16,
    "group": "How it is asked",
  },
  players: {
    "name": "players", "kind": "choice", "label": "Parts",
    "doc":
      "What is hidden and shown: the players of the game. Cells of a grid, segments of similar colour " +
      "(SLIC), or cells of which those that count are cut in four.",
    "choices": [
      ["grid", "patches of a grid"], ["segments", "segments of the picture"],
      ["adaptive", "finer where it matters"],
    ],
    "group": "How it is asked",
  },
  opacity: {
    "name": "opacity", "kind": "float", "label": "Opacity", "doc": "Of the map over the picture.",
    "unit": "%", "least": 0, "most": 1, "group": "How it is drawn", "scale": 100, "pageOnly": true,
  },
  look: {
    "name": "look", "kind": "choice", "label": "Look",
    "doc": "Of the map: its cells, or values interpolated between their middles.",
    "choices": [["cells", "patches"], ["smooth", "smooth"]], "group": "How it is drawn", "pageOnly": true,
  },
  hatching: {
    "name": "hatching", "kind": "bool", "label": "Hatch what is not certain",
    "doc": "Whether cells whose sign is uncertain are hatched; they are fainter anyway.",
    "group": "How it is drawn", "pageOnly": true,
  },
  zoom: {
    "name": "zoom", "kind": "bool", "label": "Zoom into the window",
    "doc": "Whether the window fills the place of the picture; else it is drawn on the picture.",
    "group": "How it is drawn", "pageOnly": true,
  },
  color_range: {
    "name": "color_range", "kind": "float", "label": "Colour range",
    "doc": "The contribution at full colour; None: that of the maps shown.", "least": 0,
    "group": "How it is drawn", "optional": true, "pageOnly": true,
  },
});
