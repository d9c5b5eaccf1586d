import { childWidget } from "../../ui/child-widget.js";
import { exports } from "../../ui/export.js";
import { fold } from "../../ui/fold.js";
import { notesView } from "../../ui/notes.js";
import { bottom, heading, page, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { answerView, WORK } from "./answer.js";
import { linkedBoxes } from "./boxes.js";
import { fitView, scoreTable } from "./fit.js";
import { detectorLedger } from "./ledger.js";
import { ownView } from "./own.js";
import { testSetView } from "./test-set.js";
import { followDial } from "./thresholds.js";
import { votingView } from "./voting.js";

export default page({
  name: "xai-detector",
  label: "Error detector",
  view: () => ({ sample: null, cut: null, from: 0 }),
  follow: followDial,
  layout: [
    top(heading("Can I trust this prediction?"), runButton(WORK)),
    answerView,
    progress(WORK),
    notesView,
    testSetView,
    ownView,
    linkedBoxes,
    bottom(
      fold("detector.new", "Set up another detector", fitView, votingView, scoreTable),
      fold("detector.details", "Details", detectorLedger),
      exports("error-detector"),
    ),
    childWidget("About the picked image"),
    alertView,
  ],
});
