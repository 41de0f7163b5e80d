"""`python -m bot consent`: an administrator of the Official Account lets the service write."""

import asyncio
import secrets
from typing import Annotated
from urllib.parse import parse_qs, urlsplit

import typer
from aiohttp import ClientSession, ClientTimeout

from bot.channel_tokens import Grant, GrantRefused, RenewalUncertain
from bot.channel_tokens.vault import Vault
from bot.channels import ChannelUnavailable
from bot.commands.environment import read_settings
from bot.commands.output import give_up, say
from bot.moments import utc_now
from bot.operations.secrets import cipher, load_keys
from bot.settings import PkceMode, Settings
from bot.store import Store
from bot.store.opening import open_for_command
from handlers.zalo.oauth import ZaloOAuth, challenge_of, consent_url, new_verifier


def consent(
    redirect: Annotated[str, typer.Option(help="the callback address registered for the app")] = "",
) -> None:
    """Print the link for the administrator, take the address the browser was sent to, and store
    what it grants: for a first start without a token, and for a consent that was lost."""
    settings = read_settings()
    if not settings.zalo_enabled:
        give_up("Zalo is not configured: set DANHOI_ZALO_APP_ID and its companions first")
    redirect = redirect or settings.public_url
    if not redirect:
        give_up("name the registered callback address with --redirect, or set DANHOI_PUBLIC_URL")
    verifier = _verifier(settings)
    state = secrets.token_urlsafe(16)
    base, app_id = settings.zalo_oauth_base, settings.zalo_app_id
    link = consent_url(base, app_id, redirect, challenge_of(verifier), state)
    say(f"open this link as an administrator of the Official Account:\n{link}")
    code = code_of(typer.prompt("address the browser was sent to"), state)
    asyncio.run(_redeem(settings, code, verifier))
    say("consent stored; a running service uses it from its next message on")


def code_of(address: str, state: str) -> str:
    """Return the code of the address that Zalo sent the browser to."""
    query = parse_qs(urlsplit(address.strip()).query)
    if query.get("state", [state]) != [state]:
        give_up("this address answers another request: open the link once more")
    if not query.get("code"):
        give_up("this address carries no code: consent was not given")
    return query["code"][0]


def _verifier(settings: Settings) -> str:
    if settings.zalo_pkce_mode is PkceMode.PER_REQUEST:
        return new_verifier()
    return str(typer.prompt("code verifier of the Zalo console", hide_input=True)).strip()


async def _redeem(settings: Settings, code: str, verifier: str) -> None:
    store = open_for_command(settings)
    try:
        async with ClientSession(timeout=ClientTimeout(total=20)) as http:
            grant = await _oauth(settings, http).redeem(code, verifier)
        await keep(store, settings, grant)
    except (GrantRefused, RenewalUncertain, ChannelUnavailable) as error:
        give_up(f"Zalo gave no token: {error}")
    finally:
        await store.close()


async def keep(store: Store, settings: Settings, grant: Grant) -> None:
    """Store a grant over whatever was there."""
    vault = Vault(f"zalo:{settings.zalo_oa_id}", cipher(load_keys(settings)))
    await store.write(lambda connection: vault.replace(grant, utc_now(), connection))


def _oauth(settings: Settings, http: ClientSession) -> ZaloOAuth:
    secret = settings.zalo_app_secret.get_secret_value()
    return ZaloOAuth(http, settings.zalo_oauth_base, settings.zalo_app_id, secret, utc_now)
