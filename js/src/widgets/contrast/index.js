import { notesView } from "../../ui/notes.js";
import { left, live, main, page, panel, side, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { uploadView } from "../../ui/upload.js";
import { answerView } from "./answer.js";
import { filmView } from "./film.js";
import { followMorphs } from "./follow.js";
import { furtherAnswers } from "./further.js";
import { morphView } from "./morph.js";
import { likelihoodView } from "./plots.js";
import { probesView } from "../../ui/probes.js";
import { questionView } from "./question.js";
import { scrubberView } from "./scrubber.js";
import { settingsView } from "./settings.js";

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
    furtherAnswers,
    alertView,
  ],
});
