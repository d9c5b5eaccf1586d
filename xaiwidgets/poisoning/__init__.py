"""Training data made to deceive: triggers, how to notice them, and what cleansing is worth.

i-Algebra's Case C: pictures with a trigger and a false label teach a network a back door. A
spectral signature of a class marks what is unlike the rest, maps propose where the trigger is, and
training again without what was marked shows whether it was.
"""

from xaiwidgets.poisoning._cleansing import Cleansed, cleanse
from xaiwidgets.poisoning._poison import Poisoned, poison
from xaiwidgets.poisoning._signature import Signature, signature
from xaiwidgets.poisoning._training import Trainer
from xaiwidgets.poisoning._triggers import (
    BlendTrigger,
    MovingTrigger,
    PatchTrigger,
    Trigger,
    add_trigger,
)
from xaiwidgets.poisoning._windows import TriggerWindow, TriggerWindows, trigger_windows

__all__ = [
    "BlendTrigger",
    "Cleansed",
    "MovingTrigger",
    "PatchTrigger",
    "Poisoned",
    "Signature",
    "Trainer",
    "Trigger",
    "TriggerWindow",
    "TriggerWindows",
    "add_trigger",
    "cleanse",
    "poison",
    "signature",
    "trigger_windows",
]
