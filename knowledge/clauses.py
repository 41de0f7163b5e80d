"""A message parted where a citizen joins two matters."""

import re

MOST = 3
SHORTEST = 2

_JOINT = re.compile(
    r"(?i)(?:\b(?:và|va|với lại|voi lai|với|voi|đồng thời|dong thoi|rồi|roi|sau đó|vừa|vua|xong|"
    r"còn|con nua|cùng với|kèm|kem|luôn|luon)\b|[,;?\n]|\b\d[.)]\s)+"
)


def clauses(text: str) -> list[str]:
    """Return the parts of a message, two or three, or none where nothing is joined."""
    parts = [part.strip() for part in _JOINT.split(text)]
    parts = [part for part in parts if len(part.split()) >= SHORTEST]
    return parts if 2 <= len(parts) <= MOST else []
