// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/**
 * @import { DirectMap, Multiple, ShownColumn, ShownContrast } from "./output.js"
 * @import { ShownImposed, ShownJudgement, ShownOverall, ShownPair } from "./output.js"
 * @import { ShownStamp } from "./output.js"
 */
/** @import { NamedPicture, Note, Ranking, ShownPicture } from "../shared.js" */
/** @import { Setting } from "../../ui/settings.js" */

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

export const CONTRAST = /** @satisfies {Record<string, Setting>} */ ({
  scale: {
    "name": "scale", "kind": "choice", "label": "Curves in",
    "doc": "Probabilities of the classes, or their logarithms, which tell small ones apart.",
    "choices": [["percent", "0 to 100 %"], ["log-likelihood", "log-likelihood"]], "group": "What is shown",
    "pageOnly": true,
  },
  opacity: {
    "name": "opacity", "kind": "float", "label": "Opacity",
    "doc": "Opacity of red (to be brighter) and blue (to be darker).", "unit": "%", "least": 0, "most": 1,
    "group": "What is shown", "scale": 100, "pageOnly": true,
  },
  channel: {
    "name": "channel", "kind": "choice", "label": "Changes of",
    "doc": "Of a coloured picture: what is shown of the change; see `contrast.read_change`.",
    "choices": [
      ["strongest", "the colour that changes most"], ["rgb", "all three colours"],
      ["brightness", "brightness"], ["hue", "hue"], ["red", "red"], ["green", "green"], ["blue", "blue"],
    ],
    "group": "What is shown", "pageOnly": true,
  },
  direct: {
    "name": "direct", "kind": "choice", "label": "Compare with",
    "doc": "The maps of both classes by a direct method, subtracted.",
    "choices": [
      ["", "nothing"], ["gradient", "Gradient"], ["occlusion", "Occlusion"], ["class means", "Class means"],
      ["gradcam", "Grad-CAM"], ["lime", "LIME"], ["lrp", "LRP"], ["pda", "PDA"],
    ],
    "group": "What is shown",
  },
  direct_two: {
    "name": "direct_two", "kind": "choice", "label": "and with",
    "doc": "Another direct method, beside the first.",
    "choices": [
      ["", "nothing"], ["gradient", "Gradient"], ["occlusion", "Occlusion"], ["class means", "Class means"],
      ["gradcam", "Grad-CAM"], ["lime", "LIME"], ["lrp", "LRP"], ["pda", "PDA"],
    ],
    "group": "What is shown",
  },
  direct_fill: {
    "name": "direct_fill", "kind": "choice", "label": "Occlude with",
    "doc": "What occlusion hides windows behind; dark cannot tell what is missing.",
    "choices": [["dark", "dark"], ["bright", "bright"], ["mean", "the mean colour"]],
    "group": "What is shown",
  },
  direct_window: {
    "name": "direct_window", "kind": "int", "label": "Window",
    "doc": "The side of occlusion's window; automatic (None): an eighth of the shorter side.",
    "unit": "pixels", "least": 1, "group": "What is shown", "optional": true, "empty": "auto",
  },
  xgems: {
    "name": "xgems", "kind": "bool", "label": "Other classes may win",
    "doc": "xGEMs: the same search without third-class constraints, shown beside it.",
    "group": "What is shown",
  },
  all_classes: {
    "name": "all_classes", "kind": "bool", "label": "All classes",
    "doc": "Ask about the twelve likeliest probes, too.", "group": "What is shown",
  },
  all_pictures: {
    "name": "all_pictures", "kind": "bool", "label": "All pictures",
    "doc": "Ask the same of all pictures, and show the mean change, each counting the same.",
    "group": "What is shown",
  },
  margin: {
    "name": "margin", "kind": "float", "label": "Others stay below by",
    "doc": "Margin: how far third classes stay below both, in log-likelihood.", "unit": "nats", "least": 0,
    "most": 100, "group": "How it is searched",
  },
  tolerance: {
    "name": "tolerance", "kind": "float", "label": "Equal up to",
    "doc": "Tolerance: how near to equally likely is enough, in log-likelihood.", "unit": "nats",
    "least": 0.0001, "most": 10, "group": "How it is searched",
  },
  max_steps: {
    "name": "max_steps", "kind": "int", "label": "Most steps",
    "doc": "max_steps of the search; automatic (None): as many as the schedule has.", "least": 1,
    "group": "How it is searched", "optional": true, "empty": "automatic",
  },
  seed: {
    "name": "seed", "kind": "int", "label": "Random start",
    "doc": "Seed: the same one gives the same answer.", "least": 0, "group": "How it is searched",
  },
  starts: {
    "name": "starts", "kind": "int", "label": "Random starts",
    "doc": "So many searches from other random starts, side by side: how stable is the answer?", "least": 1,
    "most": 5, "group": "How it is searched",
  },
  schedule: {
    "name": "schedule", "kind": "choice", "label": "Way of searching",
    "doc": "Schedule: quadratic programs by default; the paper's is gradient descent.",
    "choices": [["default", "default"], ["paper", "as in the paper"]], "group": "How it is searched",
  },
});
