"""One compute thread for all long work; knows neither torch nor widgets."""

from xaiwidgets.jobs.engine import Cancelled, Channel, Engine, Job

__all__ = ["Cancelled", "Channel", "Engine", "Job"]
