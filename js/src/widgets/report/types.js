/** @import { Binding } from "../../ui/binding.js" */
/** @import { ReportState } from "../../schema/report/state.js" */
/** @import { SharedState } from "../../lib/types.js" */

/** @typedef {Binding<SharedState & ReportState>} ReportBinding */

export {};
