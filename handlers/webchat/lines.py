"""Lines of the transcript in the contract's shape `M`."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, select

from bot.clock.starter import OFFICE_ZONE
from bot.delivery.inbox import Line, transcript
from bot.tables.desk import question
from bot.tables.directory import agency

_PAGE = 200


def read_lines(
    connection: Connection, conversation_id: int, after: int, most: int = _PAGE
) -> list[dict[str, Any]]:
    """Return what was said after a seq, oldest first, as the contract's `M` records."""
    lines = transcript(connection, conversation_id, after, most)
    questions = _questions(connection, {line.question_id for line in lines} - {None})
    return [_as_json(line, questions) for line in lines]


def _questions(connection: Connection, ids: set[Any]) -> Mapping[int, dict[str, Any]]:
    if not ids:
        return {}
    statement = (
        select(
            question.c.id, question.c.code, question.c.state, question.c.due_at,
            agency.c.name, question.c.agency,
        )
        .outerjoin(agency, agency.c.code == question.c.agency)
        .where(question.c.id.in_(ids))
    )  # fmt: skip
    return {
        row.id: {
            "code": row.code,
            "state": row.state,
            "agency": row.name or row.agency,
            "due": row.due_at and row.due_at.astimezone(OFFICE_ZONE).isoformat(),
        }
        for row in connection.execute(statement)
    }


def _as_json(line: Line, questions: Mapping[int, dict[str, Any]]) -> dict[str, Any]:
    body = line.body
    return {
        "seq": line.seq,
        "role": line.role,
        "text": line.text,
        "buttons": [_button(button) for button in body.get("buttons", ())],
        "decision": body.get("decision"),
        "codes": list(body.get("codes", ())),
        "question": questions.get(line.question_id) if line.question_id else None,
        "sources": [_source(source) for source in body.get("sources", ())],
        "files": _file_names(body.get("attachments", ())),
        "at": line.at.astimezone(OFFICE_ZONE).isoformat(),
    }


def _button(button: Mapping[str, Any]) -> dict[str, Any]:
    shown = {"label": button["label"], "payload": button["payload"]}
    return shown | {name: button[name] for name in ("url", "phone") if button.get(name)}


def _source(source: Mapping[str, Any]) -> dict[str, Any]:
    return {name: source.get(name) for name in ("title", "url", "checked_on")}


def _file_names(attachments: Sequence[Mapping[str, Any]]) -> list[str]:
    return [attachment["name"] for attachment in attachments]
