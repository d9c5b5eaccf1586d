import { progress, runButton } from "../../ui/run.js";
import { working } from "./layout.js";

const NOTES = { coalitions: "", "empty and grand coalition": "with nothing shown, and with all" };
const WORK = { work: "Trials", unit: "trials", partial: "a partial map", notes: NOTES };

/** How far the map is; more trials make it finer. */
export const runView = working(progress(WORK), runButton(WORK));
