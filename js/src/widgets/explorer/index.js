import { notesView } from "../../ui/notes.js";
import { live, page } from "../../ui/page.js";
import { alertView } from "../../ui/run.js";
import { aboutMap } from "./about-map.js";
import { addView, sentenceView } from "./add.js";
import { blockedView } from "./blocked.js";
import { breadcrumbView } from "./breadcrumb.js";
import { coachView } from "./coach.js";
import { figuresView } from "./figures.js";
import { filmView } from "./film.js";
import { followShown, isMapKnown, VIEW } from "./follow.js";
import { more, tools } from "./folds.js";
import { countGestures } from "./gestures.js";
import { headlineView } from "./headline.js";
import { below, film, hero, lead, middle } from "./layout.js";
import { runView } from "./run.js";
import { stripView } from "./strip.js";

export default page({
  name: "xai-explorer",
  label: "Explorer",
  follow: followShown,
  isKnown: isMapKnown,
  view: () => ({ ...VIEW }),
  layout: [
    lead(headlineView, runView),
    notesView,
    hero(
      film(filmView, live(addView)),
      middle(live(sentenceView), breadcrumbView, figuresView, tools),
      aboutMap,
      alertView,
    ),
    below(stripView, more),
    blockedView,
    coachView,
    countGestures,
  ],
});
