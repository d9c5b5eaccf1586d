import { exports } from "../../ui/export.js";
import { notesView } from "../../ui/notes.js";
import { bottom, heading, left, live, main, page, panel, side, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { answerView, classView, WORK } from "./answer.js";
import { histogramView } from "./histogram.js";
import { picturesView } from "./pictures.js";
import { retrainView } from "./retrain.js";
import { scatterView } from "./scatter.js";
import { triggerView } from "./trigger.js";

export default page({
  name: "xai-poison",
  label: "Poison desk",
  view: () => ({ from: 0 }),
  layout: [
    top(heading("Which of these pictures are poisoned?"), runButton(WORK)),
    answerView,
    progress(WORK),
    notesView,
    main(
      left(histogramView, scatterView, picturesView),
      side(live(panel("Class", classView)), panel("Trigger", triggerView), panel("Train again", retrainView)),
    ),
    bottom(exports("poison-desk")),
    alertView,
  ],
});
