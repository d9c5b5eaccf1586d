"""Drive long work: the short names of `xaiwidgets.work` for people.

``steps.run(work)`` is ``work.run()``, and takes a bare generator, too.
"""

from xaiwidgets.work import Budget, Progress, Steps, Work, relay, run

__all__ = ["Budget", "Progress", "Steps", "Work", "relay", "run"]
