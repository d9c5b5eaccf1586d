import { exports } from "../../ui/export.js";
import { fold } from "../../ui/fold.js";
import { notesView } from "../../ui/notes.js";
import { bottom, left, live, main, page, panel, side, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { uploadView } from "../../ui/upload.js";
import { answerView } from "./answer.js";
import { filmView } from "./film.js";
import { followMorphs } from "./follow.js";
import { gif } from "./gif.js";
import { imposeView } from "./impose.js";
import { contrastLedger } from "./ledger.js";
import { morphView } from "./morph.js";
import { multiplesView, startsView } from "./multiples.js";
import { overallView } from "./overall.js";
import { constraintsView, likelihoodView } from "./plots.js";
import { probesView } from "../../ui/probes.js";
import { questionView } from "./question.js";
import { scrubberView } from "./scrubber.js";
import { settingsView } from "./settings.js";
import { stripView } from "./strip.js";

const WORK = { work: "Progress", unit: "", partial: "the way so far" };

export default page({
  name: "xai-contrast",
  label: "Contrast",
  view: () => ({ morph: null, rival: null, columns: [], range: 1, playing: false }),
  follow: followMorphs,
  layout: [
    top(questionView, runButton(WORK)),
    answerView,
    progress(WORK),
    notesView,
    main(
      left(filmView, live(uploadView), morphView, scrubberView, likelihoodView),
      side(panel("Classes", probesView), panel("Settings", settingsView)),
    ),
    bottom(
      multiplesView,
      startsView,
      overallView,
      fold("contrast.impose", "Make the change by hand", imposeView),
      stripView,
      fold("contrast.details", "Details", constraintsView, contrastLedger),
      exports("contrast", { files: { GIF: gif } }),
    ),
    alertView,
  ],
});
