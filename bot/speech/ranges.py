"""From one number to another."""

from bot.speech.rules import Rule, rule

_MEASURES = "%|đ|k|tr|giờ|phút|°C|triệu|tỷ|nghìn|ngàn|h(?:[0-5]\\d)?|g[0-5]\\d"

RANGES: tuple[Rule, ...] = (
    rule(
        rf"(?P<left>\d\s?(?:{_MEASURES})?)\s?[-–—]\s?(?=\d)",
        lambda match: f"{match['left'].rstrip()} đến ",
    ),
)
