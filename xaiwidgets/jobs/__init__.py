"""One compute thread for all long work; knows neither torch nor widgets."""

from xaiwidgets.jobs._engine import Channel, Channels, Engine, Job

__all__ = ["Channel", "Channels", "Engine", "Job"]
