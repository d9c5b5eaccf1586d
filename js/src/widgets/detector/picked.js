/** @import { DetectorBinding } from "./types.js" */
/** @import { Detail } from "../../schema/detector/output.js" */

/** @param {DetectorBinding} model @returns {Detail | null} the one of the picked image */
export function detailOf(model) {
  const detail = model.get("detail");
  return detail && detail.index === model.get("picked") ? detail : null;
}
