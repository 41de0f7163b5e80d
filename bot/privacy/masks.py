"""What a mask is: its kinds, its labels and its place."""

from dataclasses import dataclass
from enum import StrEnum


class MaskKind(StrEnum):
    """What was masked (the contract's kinds)."""

    NAME = "name"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    TAX_CODE = "tax_code"
    BANK_ACCOUNT = "bank_account"
    PLATE = "plate"
    LAND_PLOT = "land_plot"
    ADDRESS = "address"
    EMAIL = "email"
    URL = "url"
    SOCIAL_ACCOUNT = "social_account"
    BIRTH_DATE = "birth_date"


#: what a reader sees in place of the thing
LABELS = {
    MaskKind.NAME: "[họ tên]",
    MaskKind.PHONE: "[số điện thoại]",
    MaskKind.ID_NUMBER: "[số giấy tờ]",
    MaskKind.TAX_CODE: "[mã số thuế]",
    MaskKind.BANK_ACCOUNT: "[số tài khoản]",
    MaskKind.PLATE: "[biển số xe]",
    MaskKind.LAND_PLOT: "[số thửa, tờ bản đồ]",
    MaskKind.ADDRESS: "[địa chỉ]",
    MaskKind.EMAIL: "[thư điện tử]",
    MaskKind.URL: "[đường dẫn]",
    MaskKind.SOCIAL_ACCOUNT: "[tài khoản mạng xã hội]",
    MaskKind.BIRTH_DATE: "[ngày sinh]",
}


@dataclass(frozen=True, slots=True, order=True)
class Mask:
    """A masked stretch of the input: code points, end exclusive, and the rule that found it."""

    start: int
    end: int
    kind: MaskKind
    rule: str = ""
