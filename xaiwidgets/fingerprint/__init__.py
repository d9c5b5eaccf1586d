"""What a network computes with, hashed, and quickly seen to be unchanged."""

from xaiwidgets.fingerprint._hashing import (
    fingerprint,
    persistent_key,
    raw,
    stamp,
    take_fingerprint,
)
from xaiwidgets.fingerprint._leaves import slots_of
from xaiwidgets.fingerprint._traversal import Traversal

__all__ = [
    "Traversal",
    "fingerprint",
    "persistent_key",
    "raw",
    "slots_of",
    "stamp",
    "take_fingerprint",
]
