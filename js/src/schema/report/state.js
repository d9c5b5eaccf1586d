// Written by scripts/schema.py from the dataclasses of the widgets; do not edit.
/** @import { ShownReport } from "./output.js" */
/** @import { Setting } from "../../ui/settings.js" */

/**
 * @typedef {object} ReportState What is claimed of the arms
 * @property {"greater" | "two-sided"} alternative One-sided or two-sided tests; say which before you look
 * @property {string} path
 * @property {ShownReport | null} report
 */

export const REPORT = /** @satisfies {Record<string, Setting>} */ ({
  alternative: {
    "name": "alternative", "kind": "choice", "label": "What is claimed",
    "doc": "One-sided or two-sided tests; say which before you look.",
    "choices": [["greater", "A later arm is better"], ["two-sided", "Arms differ"]], "group": "",
  },
});
