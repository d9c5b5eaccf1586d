"""Inputs made to deceive a network: how small a change is enough, and which one.

Sizes are those of pixels, whatever the preprocessing: a size of 1 is from black to white.
"""

from xaiwidgets.adversarial._attack import ATTACKS, NORMS, Attack, AttackSize, attack
from xaiwidgets.adversarial._edit import AttackEdit
from xaiwidgets.adversarial._universal import UniversalAttack, universal

__all__ = [
    "ATTACKS",
    "NORMS",
    "Attack",
    "AttackEdit",
    "AttackSize",
    "UniversalAttack",
    "attack",
    "universal",
]
