"""Pictures as points: a layer's vectors drawn on a plane, and how far the drawing can be believed.

The survey's representation of a network by its vectors (section 4.2.2): near points should be
pictures that the network holds to be alike. A plane cannot keep all distances, so a projection
carries what it has lost.
"""

from xaiwidgets.vectors._plane import PLANE_METHODS, Plane, lay_out, shuffled
from xaiwidgets.vectors._projection import NoisePlane, Projection, ProjectionSketch, project
from xaiwidgets.vectors._quality import NeighbourAgreement

__all__ = [
    "PLANE_METHODS",
    "NeighbourAgreement",
    "NoisePlane",
    "Plane",
    "Projection",
    "ProjectionSketch",
    "lay_out",
    "project",
    "shuffled",
]
