"""Passwords: hashed with argon2 in a thread, never inside a transaction."""

import asyncio
import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import BotError

MINIMUM_LENGTH = 10
#: each hash takes 64 MB for a moment; more at a time would starve a small server
_AT_A_TIME = 2


class PasswordTooShort(BotError):
    """Mật khẩu cần ít nhất 10 ký tự."""


class Hasher:
    """Hashes and checks passwords, a few at a time."""

    def __init__(self, argon2: PasswordHasher | None = None) -> None:
        self._argon2 = argon2 or PasswordHasher()
        self._turns = asyncio.Semaphore(_AT_A_TIME)
        #: compared when there is no such account, so that the answer takes as long
        self._nobody = self._argon2.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """Return the hash to store; raise PasswordTooShort."""
        if len(password) < MINIMUM_LENGTH:
            raise PasswordTooShort
        async with self._turns:
            return await asyncio.to_thread(self._argon2.hash, password)

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password is the stored one; equally slow when nothing is stored."""
        async with self._turns:
            right = await asyncio.to_thread(self._verify, stored or self._nobody, password)
        return right and stored is not None

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._argon2.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def random_password() -> str:
    """Return a password for somebody to change."""
    return secrets.token_urlsafe(12)
