"""Masking of personal data before anything is published or read aloud."""

from bot.privacy.masks import Mask, MaskKind
from bot.privacy.redaction import Redacted, redact

__all__ = ["Mask", "MaskKind", "Redacted", "redact"]
