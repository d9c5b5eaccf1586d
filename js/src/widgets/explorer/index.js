import { notesView } from "../../ui/notes.js";
import { live, page, panel, top } from "../../ui/page.js";
import { alertView, progress, runButton } from "../../ui/run.js";
import { addView, sentenceView } from "./add.js";
import { blockedView } from "./blocked.js";
import { breadcrumbView } from "./breadcrumb.js";
import { coachView } from "./coach.js";
import { agreementView, explainerView } from "./explainer.js";
import { figuresView } from "./figures.js";
import { filmView } from "./film.js";
import { details, more, tools } from "./folds.js";
import { countGestures } from "./gestures.js";
import { headlineView } from "./headline.js";
import { below, film, hero, middle, right, working } from "./layout.js";
import { legendView } from "./legend.js";
import { followShown, isMapKnown, NOTHING_SHOWN } from "./shown.js";
import { stripView } from "./strip.js";
import { targetsView } from "./targets.js";

const NOTES = { coalitions: "", "empty and grand coalition": "with nothing shown, and with all" };
const WORK = { work: "Trials", unit: "trials", partial: "a partial map", notes: NOTES };
const VIEW = { hover: null, rule: [], shown: NOTHING_SHOWN, part: null, drawing: false };

export default page({
  name: "xai-explorer",
  label: "Explorer",
  follow: followShown,
  isKnown: isMapKnown,
  view: () => ({ ...VIEW }),
  layout: [
    top(headlineView, working(progress(WORK), runButton(WORK))),
    notesView,
    hero(
      film(filmView, live(addView)),
      middle(live(sentenceView), breadcrumbView, figuresView, tools),
      right(panel("Classes", targetsView), live(explainerView), agreementView, legendView, details),
      alertView,
    ),
    below(stripView, more),
    blockedView,
    coachView,
    countGestures,
  ],
});
