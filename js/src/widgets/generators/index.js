import { exports } from "../../ui/export.js";
import { filmstripView } from "../../ui/filmstrip.js";
import { notesView } from "../../ui/notes.js";
import { bottom, heading, left, main, page, panel, side, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { answerView } from "./answer.js";
import { directionsView } from "./directions.js";
import { figuresView } from "./figures.js";
import { generatorView } from "./generator.js";
import { scoresView } from "./scores.js";

const WORK = { work: "Progress", unit: "", partial: "what is known so far" };

export default page({
  name: "xai-generators",
  label: "Generator lab",
  view: () => ({ offsets: null }),
  layout: [
    top(heading("What can this generator draw?"), runButton(WORK)),
    answerView,
    progress(WORK),
    notesView,
    main(
      left(filmstripView, figuresView, directionsView),
      side(panel("Generator", generatorView), panel("Classes", scoresView)),
    ),
    bottom(exports("generator-lab")),
    alertView,
  ],
});
