"""The administrator's page of the Zalo channel: access, news, rules, consent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from aiohttp import ClientSession, ClientTimeout, web
from sqlalchemy import Connection, Row, func, insert, select

from bot.channel_tokens import Grant, GrantRefused, RenewalUncertain, consent
from bot.channel_tokens.consent import Begun, UnknownConsent
from bot.channel_tokens.notices import recent_notices
from bot.channel_tokens.overview import Overview, overview
from bot.channel_tokens.vault import Vault
from bot.channels import ChannelUnavailable
from bot.delivery.by_hand import give_back
from bot.delivery.inbox import last_heard
from bot.delivery.policy import RULES, OutOfBounds, change, number
from bot.moments import Clock
from bot.officers import Role
from bot.officers.accounts import OF_AN_AGENCY
from bot.operations.secrets import cipher
from bot.questions import repository
from bot.questions.sight import visible_to
from bot.settings import PkceMode, Settings
from bot.store import Done, Store
from bot.tables.delivery import quarantine
from bot.tables.desk import audit
from handlers.access import SESSION
from handlers.console.rendering import Pages
from handlers.forms import read_form
from handlers.routes import Access, Route
from handlers.zalo.menu import MENU
from handlers.zalo.oauth import ZaloOAuth, challenge_of, consent_url, new_verifier

PAGE = "/can-bo/zalo"
CALLBACK = f"{PAGE}/dong-y"
_ADMIN = frozenset({Role.ADMIN})
_SPEAKERS = OF_AN_AGENCY | {Role.COORDINATOR}
_PATIENCE = ClientTimeout(total=20)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the page shows of the channel."""

    access: Overview
    notices: Sequence[Row[Any]]
    rules: Mapping[str, int]
    heard_at: datetime | None
    held: int


class ZaloDesk:
    """Pages of the Zalo channel in the console."""

    def __init__(
        self, store: Store, pages: Pages, clock: Clock, settings: Settings, keys: Sequence[str]
    ) -> None:
        self._store = store
        self._pages = pages
        self._clock = clock
        self._settings = settings
        self._cipher = cipher(list(keys))
        self._account = f"zalo:{settings.zalo_oa_id}"

    def routes(self) -> list[Route]:
        """Return the page, its forms, and where Zalo sends an administrator back to."""
        speak = r"/can-bo/cau-hoi/{code:[0-9A-Z]{7}}/tro-ly"
        return [
            Route("GET", PAGE, self.show, Access.SESSION, _ADMIN),
            Route("POST", f"{PAGE}/cho-phep", self.begin, Access.SESSION, _ADMIN),
            Route("GET", CALLBACK, self.end, Access.SESSION, _ADMIN),
            Route("POST", f"{PAGE}/quy-tac", self.rule, Access.SESSION, _ADMIN),
            Route("POST", speak, self.let_speak, Access.SESSION, _SPEAKERS),
        ]

    async def show(self, request: web.Request) -> web.Response:
        """Show how the channel stands and what is to be done."""
        return await self._page(request, done=request.query.get("xong", ""))

    async def begin(self, request: web.Request) -> web.Response:
        """Begin a consent, and show the link that an administrator of the account opens."""
        form, officer = await read_form(request), request[SESSION].officer
        fixed = self._settings.zalo_pkce_mode is PkceMode.FIXED
        verifier = form.get("verifier", "").strip() if fixed else new_verifier()
        if not self._settings.zalo_enabled or not _is_verifier(verifier):
            return await self._page(request, 422, problem="verifier")
        begun = Begun(self._account, officer.id, verifier, consent.new_state())
        now = self._clock()

        def body(connection: Connection) -> Done[None]:
            consent.begin(connection, self._cipher, begun, now)
            _note(connection, officer.actor, "zalo.consent_begun", self._account, now)
            return Done(None)

        await self._store.write(body)
        link = consent_url(
            self._settings.zalo_oauth_base,
            self._settings.zalo_app_id,
            self._callback(request),
            challenge_of(verifier),
            begun.state,
        )
        return await self._page(request, link=link)

    async def end(self, request: web.Request) -> web.StreamResponse:
        """Take the code that Zalo sent the administrator back with, and store what it grants."""
        query, officer = request.query, request[SESSION].officer
        if query.get("oa_id", self._settings.zalo_oa_id) != self._settings.zalo_oa_id:
            return await self._page(request, 409, problem="other_account")
        if not query.get("code"):
            return await self._page(request, 422, problem="no_code")
        try:
            verifier = await self._store.write(
                partial(self._ended, officer.id, query.get("state", ""))
            )
            grant = await self._redeem(query["code"], verifier)
        except UnknownConsent:
            return await self._page(request, 409, problem="unknown_state")
        except GrantRefused as refusal:
            return await self._page(request, 502, problem="refused", told=str(refusal))
        except (RenewalUncertain, ChannelUnavailable):
            return await self._page(request, 502, problem="no_answer")
        await self._store.write(partial(self._keep, grant, officer.actor))
        raise web.HTTPSeeOther(f"{PAGE}?xong=consent")

    async def rule(self, request: web.Request) -> web.StreamResponse:
        """Set the rules of the channel."""
        form, by, now = await read_form(request), request[SESSION].officer.actor, self._clock()
        wanted = {name: form[name].strip() for name in RULES if name in form}
        if not all(typed.isascii() and typed.isdigit() for typed in wanted.values()):
            return await self._page(request, 422, problem="rule")

        def body(connection: Connection) -> Done[None]:
            for name, typed in wanted.items():
                change(connection, RULES[name], int(typed[:9]), by, now)
            return Done(None)

        try:
            await self._store.write(body)
        except OutOfBounds:
            return await self._page(request, 422, problem="rule")
        raise web.HTTPSeeOther(f"{PAGE}?xong=rule")

    async def let_speak(self, request: web.Request) -> web.StreamResponse:
        """Give the word back to the assistant in the chat of a question."""
        officer, code = request[SESSION].officer, request.match_info["code"]
        now = self._clock()

        def body(connection: Connection) -> Done[bool]:
            seen_by = visible_to(officer, repository.denunciation_desk(connection))
            row = repository.by_code(connection, code, seen_by)
            if row is None:
                return Done(False)
            give_back(connection, row.conversation_id)
            _note(connection, officer.actor, "assistant.speaks", code, now)
            return Done(True)

        if not await self._store.write(body):
            raise web.HTTPNotFound
        raise web.HTTPSeeOther(f"/can-bo/cau-hoi/{code}")

    def _ended(self, officer_id: int, state: str, connection: Connection) -> Done[str]:
        now = self._clock()
        return Done(consent.end(connection, self._cipher, self._account, officer_id, state, now))

    def _keep(self, grant: Grant, by: str, connection: Connection) -> Done[None]:
        now = self._clock()
        Vault(self._account, self._cipher).replace(grant, now, connection)
        _note(connection, by, "zalo.consent_granted", self._account, now)
        return Done(None)

    async def _redeem(self, code: str, verifier: str) -> Grant:
        secret = self._settings.zalo_app_secret.get_secret_value()
        base, app_id = self._settings.zalo_oauth_base, self._settings.zalo_app_id
        async with ClientSession(timeout=_PATIENCE) as http:
            return await ZaloOAuth(http, base, app_id, secret, self._clock).redeem(code, verifier)

    def _callback(self, request: web.Request) -> str:
        """Return the address that must be registered for the app."""
        base = self._settings.public_url or f"{request.scheme}://{request.host}"
        return base.rstrip("/") + CALLBACK

    async def _page(self, request: web.Request, status: int = 200, **more: str) -> web.Response:
        now = self._clock()
        return self._pages.render(
            request,
            "zalo.html",
            status,
            here="zalo",
            on=self._settings.zalo_enabled,
            seen=await self._store.read(partial(_look, self._account, now)),
            rules=RULES,
            now=now,
            callback=self._callback(request),
            webhook=self._callback(request).replace(CALLBACK, "/webhooks/zalo"),
            fixed=self._settings.zalo_pkce_mode is PkceMode.FIXED,
            menu=MENU,
            **{"problem": "", "told": "", "link": "", "done": "", **more},
        )


def _look(account: str, now: datetime, connection: Connection) -> _Seen:
    held = select(func.count()).select_from(quarantine).where(quarantine.c.channel == "zalo")
    return _Seen(
        access=overview(connection, account, now),
        notices=recent_notices(connection, "zalo"),
        rules={name: number(connection, rule) for name, rule in RULES.items()},
        heard_at=last_heard(connection, "zalo"),
        held=connection.execute(held).scalar_one(),
    )


def _note(connection: Connection, by: str, act: str, subject: str, now: datetime) -> None:
    row = {"at": now, "actor": by, "act": act, "subject": subject, "detail": {}}
    connection.execute(insert(audit).values(**row))


def _is_verifier(typed: str) -> bool:
    """Whether a text can be a PKCE verifier (RFC 7636: 43 to 128 characters)."""
    allowed = typed.replace("-", "").replace("_", "").replace(".", "").replace("~", "")
    return 43 <= len(typed) <= 128 and allowed.isascii() and allowed.isalnum()
