import { exports } from "../../ui/export.js";
import { notesView } from "../../ui/notes.js";
import { bottom, heading, left, live, main, page, panel, side, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { answerView, WORK } from "./answer.js";
import { queueView } from "./queue.js";
import { scoresView } from "./scores.js";
import { sidesView } from "./sides.js";
import { settingsView } from "./settings.js";
import { votesView } from "./votes.js";

export default page({
  name: "xai-disagreement",
  label: "Disagreement desk",
  view: () => ({ shown: -1 }),
  layout: [
    top(heading("Which network is right?"), runButton(WORK)),
    answerView,
    progress(WORK),
    notesView,
    main(
      left(votesView(sidesView)),
      side(panel("Queue", queueView), live(panel("Settings", settingsView)), panel("End", scoresView)),
    ),
    bottom(exports("disagreement-desk")),
    alertView,
  ],
});
