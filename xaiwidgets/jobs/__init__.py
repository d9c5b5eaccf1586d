"""One compute thread for all long work; knows neither torch nor widgets."""

from xaiwidgets.jobs._engine import Channel, Engine, Job

__all__ = ["Channel", "Engine", "Job"]
