"""The chat on an agency's page: one line of script, one page that may be framed."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Settings
from handlers.access import COOKIE
from handlers.pages.embedding import Embedding
from handlers.routes import Access
from tests.handlers.site_world import Client


async def test_the_script_names_the_page_and_what_is_read_aloud(visitor: Client) -> None:
    response = await visitor.get("/nhung.js")
    text = await response.text()
    assert response.content_type == "text/javascript"
    assert "Hỏi chính quyền" in text
    assert "/*words*/" not in text


async def test_the_script_is_not_sent_again_unless_it_changed(visitor: Client) -> None:
    tag = (await visitor.get("/nhung.js")).headers["ETag"]
    assert (await visitor.get("/nhung.js", headers={"If-None-Match": tag})).status == 304


async def test_an_officers_cookie_is_not_read_there(visitor: Client) -> None:
    response = await visitor.get("/nhung", headers={"Cookie": f"{COOKIE}=abc"})
    assert (response.status, "Set-Cookie" in response.headers) == (200, False)


def test_nothing_that_is_embedded_knows_an_officer() -> None:
    routes = Embedding(None, None).routes()  # type: ignore[arg-type]
    assert {route.access for route in routes} == {Access.EMBEDDED}


@pytest.mark.parametrize(
    "origin",
    ["https://xa.example.gov.vn/", "xa.example.gov.vn", "https://a.vn;script-src *", "*"],
)
def test_only_an_origin_may_embed(origin: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, var_dir=tmp_path, embed_origins=origin)  # type: ignore[arg-type,call-arg]
