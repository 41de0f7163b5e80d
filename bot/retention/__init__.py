"""How long each class of data is kept, and forgetting it when its time is over."""

from bot.retention.classes import CLASSES, Kept

__all__ = ["CLASSES", "Kept"]
