"""A simpler model of a whole network: a decision tree, and its rules.

The survey's global surrogate (section 4.3). It is measured against the network, not the labels, on
pictures that it was not fitted to, and beside a surrogate that always says the commonest class.
"""

from xaiwidgets.surrogate._features import FEATURES_OF, PictureFeatures
from xaiwidgets.surrogate._tree import SurrogateLeaf, SurrogateNode, SurrogateTree, tree

__all__ = [
    "FEATURES_OF",
    "PictureFeatures",
    "SurrogateLeaf",
    "SurrogateNode",
    "SurrogateTree",
    "tree",
]
