"""A message parted where a citizen joins two matters."""

import re

MOST = 3
SHORTEST = 2

# a comma is no joint: it mostly parts how it came about from what is asked
_JOINT = re.compile(
    r"(?i)(?:\b(?:và|va|với lại|voi lai|với|voi|đồng thời|dong thoi|xong rồi|xong roi|sau đó|"
    r"vừa|vua|xong|còn|con nua|luôn|luon|sẵn tiện|san tien|sẵn|tiện thể|tien the|nhân tiện|"
    r"nhan tien|ngoài ra|ngoai ra|cùng lúc|cung luc|cùng với|cung voi|kèm|kem|lẫn)\b|"
    r"[;?\n]|\b\d[.)]\s)+"
)


def clauses(text: str) -> list[str]:
    """Return the parts of a message, two or three, or none where nothing is joined."""
    parts = [part.strip() for part in _JOINT.split(text)]
    parts = [part for part in parts if len(part.split()) >= SHORTEST]
    return parts if 2 <= len(parts) <= MOST else []
