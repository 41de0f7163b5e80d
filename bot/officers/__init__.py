"""The people behind the answers, and what each may do."""

from enum import StrEnum


class Role(StrEnum):
    """An officer's role; one per account."""

    OFFICER = "officer"  # answers the questions of one agency
    LEADER = "leader"  # approves the answers of one agency
    COORDINATOR = "coordinator"  # sees all agencies, overrules routing
    EDITOR = "editor"  # chooses and edits the segment
    BROADCASTER = "broadcaster"  # reads the segment before it is published
    ADMIN = "admin"  # accounts, settings, knowledge
