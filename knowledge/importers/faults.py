"""What can be wrong with a file, a row or a field."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

Values = Mapping[str, Any]


class Fault(StrEnum):
    """A fault by name, its value in words for an operator; pages have sentences of their own."""

    # of a file
    PDF = "a PDF holds no table that can be read for certain: save the Word or Excel original"
    OLD_OFFICE = "an old Word or Excel file: open it and save it as .docx or .xlsx"
    PICTURE = "a picture or a scan: type the table into Excel and save it as .xlsx"
    ARCHIVE = "an archive: unpack it and give the files one by one"
    OPEN_DOCUMENT = "an OpenDocument file: save it as .xlsx"
    DAMAGED = "the file is damaged: {detail}"
    TOO_LARGE = "unpacked the file would be larger than {limit} MB"
    TOO_MANY_ROWS = "only the first {limit} rows are read: split the file"
    LOCKED = "the file is protected by a password: save it without"
    EMPTY = "nothing stands in the file"
    NO_HEADING = "no row names the columns: one should say, for example, 'Mã số' and 'Tên thủ tục'"
    ENCODING = "the letters are of no encoding we know (Unicode, TCVN3, VNI, Windows-1258)"
    NOT_JSON = "not a JSON object: {detail}"
    NOT_YAML = "not YAML: {detail}"
    YAML_ALIAS = "YAML with references (* and &) is not read"
    NOT_A_RECORD = "each record must have named fields"
    # of a row or a field
    TOO_LONG = "more than {limit} characters in one cell"
    CODE = "{value!r} is not a procedure code such as 1.001193"
    CODE_OF = "{value!r} is not a code of a {kind}"
    CODE_CUT = "{value!r} lost zeros at its end, {likely!r} perhaps: format the column as text"
    TWICE = "{code} is listed twice in this file"
    NO_TITLE = "{code} has no title"
    NO_SOURCE = "{code}: name who says so, a document or a page"
    LEVEL = "{value!r} is none of {known}"
    NOT_TEXT = "a text is expected, not {kind}"
    NOT_LIST = "a list is expected"
    DATE = "{value!r} is not a date: write 2026-07-31 or 31/07/2026"
    DATE_IN_TEXT = "a spreadsheet turned this into the date {value}: write it as text"
    NO_UNIT = "{value} without a unit: days, working days or hours?"
    UNKNOWN_FIELD = "no such field; see `import --template`"
    UNKNOWN_FACET = "{value!r} is no facet; they are {known}"
    FACT_KEYS = "only text, sound, source and checked_on are expected"
    # told, and taken all the same
    CODE_RESTORED = "the number {value} is taken as the code {code}"
    OTHER = "{detail}"

    def told(self, values: Values) -> str:
        """Return the fault in words for an operator."""
        return self.value.format(**values)


class BadField(ValueError):
    """A value that cannot be taken; readers turn it into a RowError."""

    def __init__(self, field: str, fault: str, **values: object) -> None:
        self.field = field
        self.fault = fault if isinstance(fault, Fault) else Fault.OTHER
        self.values: Values = values if isinstance(fault, Fault) else {"detail": fault}
        self.why = self.fault.told(self.values)
        super().__init__(f"{field}: {self.why}")


class BadFile(ValueError):
    """A file of which nothing can be read."""

    def __init__(self, fault: Fault, **values: object) -> None:
        self.fault, self.values = fault, values
        super().__init__(fault.told(values))
