"""What single units of a layer, and directions between them, answer to.

The survey's explanation by neurons and concepts (section 4.2.1): the pictures that excite a unit
most, a picture made to excite it, the concepts it tells apart, a concept as a direction, and the
network without it. A unit that looks as if it saw something is no proof that it matters: each
answer comes with its control.
"""

from xaiwidgets.neurons._activity import TopPicture, UnitActivity, activity, top
from xaiwidgets.neurons._concept import ConceptDirection, concept
from xaiwidgets.neurons._concept_move import ConceptMove, move_with_controls
from xaiwidgets.neurons._dissection import Dissection, dissect
from xaiwidgets.neurons._maximise import MaximisedPicture, maximise, move
from xaiwidgets.neurons._profile import SpecificUnit, UnitProfiles, profile
from xaiwidgets.neurons._silence import silenced

__all__ = [
    "ConceptDirection",
    "ConceptMove",
    "Dissection",
    "MaximisedPicture",
    "SpecificUnit",
    "TopPicture",
    "UnitActivity",
    "UnitProfiles",
    "activity",
    "concept",
    "dissect",
    "maximise",
    "move",
    "move_with_controls",
    "profile",
    "silenced",
    "top",
]
