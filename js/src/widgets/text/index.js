import { exports } from "../../ui/export.js";
import { fold } from "../../ui/fold.js";
import { notesView } from "../../ui/notes.js";
import { bottom, left, live, main, page, panel, side, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { answerView } from "./answer.js";
import { askedView } from "./asked.js";
import { candidatesView } from "./candidates.js";
import { chipsView } from "./chips.js";
import { textLedger } from "./ledger.js";
import { likelihoodView } from "./likelihood.js";
import { probesView } from "../../ui/probes.js";
import { questionView, searchView } from "./question.js";
import { scrubberView } from "./scrubber.js";
import { sentenceView } from "./sentence.js";

const WORK = { work: "Progress", unit: "", partial: "what is known so far" };

export default page({
  name: "xai-text",
  label: "Text contrast",
  view: () => ({ word: -1, playing: false }),
  layout: [
    top(questionView, runButton(WORK)),
    live(sentenceView),
    answerView,
    progress(WORK),
    notesView,
    main(
      left(chipsView, candidatesView, scrubberView, likelihoodView),
      side(panel("Classes", probesView), panel("Settings", searchView)),
    ),
    bottom(askedView, fold("text.details", "Details", textLedger), exports("text-contrast")),
    alertView,
  ],
});
