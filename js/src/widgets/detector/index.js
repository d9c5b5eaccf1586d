import { childWidget } from "../../ui/child-widget.js";
import { exports } from "../../ui/export.js";
import { fold } from "../../ui/fold.js";
import { notesView } from "../../ui/notes.js";
import { bottom, heading, page, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { answerView, box, boxes, WORK } from "./answer.js";
import { costView } from "./cost.js";
import { detailView } from "./detail.js";
import { dialView } from "./dial.js";
import { fitView, scoreTable } from "./fit.js";
import { imagesView } from "./images.js";
import { detectorLedger } from "./ledger.js";
import { ownView } from "./own.js";
import { rulesView } from "./rules.js";
import { flowView } from "./sankey.js";
import { testSetView } from "./test-set.js";
import { followDial } from "./thresholds.js";
import { systemsView } from "./what-if-table.js";
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
    boxes(
      box("Dial", "sample", dialView, rulesView),
      box("Predictions", "cut", flowView),
      box("Cost", "cut", costView),
      box("What if", "cut", systemsView),
      box("Grid", "cut", imagesView),
      box("Detail", "cut", detailView),
    ),
    bottom(
      fold("detector.new", "Set up another detector", fitView, votingView, scoreTable),
      fold("detector.details", "Details", detectorLedger),
      exports("error-detector"),
    ),
    childWidget("About the picked image"),
    alertView,
  ],
});
