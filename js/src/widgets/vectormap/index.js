import { childWidget } from "../../ui/child-widget.js";
import { exports } from "../../ui/export.js";
import { fold } from "../../ui/fold.js";
import { notesView } from "../../ui/notes.js";
import { bottom, heading, left, main, page, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { answerView, WORK } from "./answer.js";
import { chosenView } from "./chosen.js";
import { colouringOf } from "./colours.js";
import { crossesView } from "./crosses.js";
import { followPlane } from "./follow.js";
import { mapView } from "./map.js";
import { sidePanels } from "./panels.js";
import { rowsView } from "./rows.js";
import { WHOLE } from "./scene.js";

const NOTHING = { count: 0, colour: "", labels: null, predicted: null, scores: {} };

export default page({
  name: "xai-vectormap",
  label: "Vector map",
  view: () => ({
    ...{ places: null, frame: { x: 0, y: 0, half: 1 }, camera: WHOLE, hand: "lasso", at: -1 },
    ...{ colouring: colouringOf(NOTHING), states: new Uint8Array(), from: 0, row: 0 },
  }),
  follow: followPlane,
  layout: [
    top(heading("Which pictures does the network hold to be alike?"), runButton(WORK)),
    answerView,
    progress(WORK),
    notesView,
    main(left(mapView, crossesView, chosenView), sidePanels),
    bottom(fold("vectormap.table", "As a table", rowsView), exports("vector-map")),
    childWidget("About the chosen pictures"),
    alertView,
  ],
});
