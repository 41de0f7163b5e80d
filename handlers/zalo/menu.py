"""The menu of the Official Account, set by hand in oa.zalo.me: its entries come as texts.

Zalo has no settled API for the menu; docs/zalo.md shows an administrator what to enter.
"""

from collections.abc import Mapping

#: what an entry sends → the button of ours that does the same
MENU: Mapping[str, str] = {
    "#huongdan": "#x:menu",
    "#duongdaynong": "#x:hotlines",
    "#cauhoicuatoi": "#x:mine",
    "#gapcanbo": "#x:officer",
}


def pressed(said: str) -> str:
    """Return the payload that a menu entry stands for, "" for any other text."""
    return MENU.get(said.strip().lower(), "")
