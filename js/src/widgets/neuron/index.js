import { exports } from "../../ui/export.js";
import { notesView } from "../../ui/notes.js";
import { bottom, heading, left, live, main, page, panel, side, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { answerView, layerView, WORK } from "./answer.js";
import { conceptView } from "./concept.js";
import { maximisedView } from "./maximised.js";
import { drawnView } from "./drawn.js";
import { favouritesView } from "./favourites.js";
import { profileView } from "./profile.js";
import { unitsView } from "./units.js";
import { watchedView } from "./watched.js";

export default page({
  name: "xai-neuron",
  label: "Neuron desk",
  view: () => ({ step: 0 }),
  layout: [
    top(heading("What does this layer look at?"), runButton(WORK)),
    answerView,
    progress(WORK),
    notesView,
    main(
      left(live(layerView), unitsView, favouritesView, conceptView, drawnView),
      side(
        panel("Without it", watchedView),
        panel("A picture for it", maximisedView),
        panel("Conductance", profileView),
      ),
    ),
    bottom(exports("neuron-desk")),
    alertView,
  ],
});
