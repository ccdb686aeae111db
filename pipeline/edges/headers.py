"""The headers of log files: lines that name the columns of the rows behind them, and are no records."""

from __future__ import annotations

import re

from pipeline.understand.columns import names_columns

_REMARK = re.compile(
    rb"#(?:separator|set_separator|empty_field|unset_field|path|open|close|fields|types)[ \t]"
    rb"|#(?:software|version|date|start-date|end-date|fields|remark):",
    re.IGNORECASE,
)
"""How the lines begin that Zeek and W3C's extended log file format put above their rows."""
_COLUMNS = re.compile(rb"#fields[ \t:]", re.IGNORECASE)
_MOST_LINES, _LONGEST = 64, 64 * 1024


class Headers:
    """The header in force at a line, and where in the file it stands: `span` is its start and end in bytes."""

    def __init__(self) -> None:
        self.text: bytes | None = None
        self.span = (0, 0)
        self._block: list[bytes] = []
        self._start = 0

    def takes(self, line: bytes, start: int, end: int) -> bool:
        """Say whether a line is part of a header; one that names columns puts the lines above it and itself in force."""
        if not line.startswith(b"#") or _REMARK.match(line) is None:
            self._block = []
            return self._is_row_of_names(line, start, end)
        if len(self._block) < _MOST_LINES and len(line) <= _LONGEST:
            self._start = self._start if self._block else start
            self._block.append(line)
            if _COLUMNS.match(line):
                self.text, self.span = b"\n".join(self._block), (self._start, end)
        return True

    def resume(self, block: bytes, span: tuple[int, int]) -> None:
        """Put the header in force again that an earlier run found."""
        lines = [line.strip(b" \t\r\n") for line in block.splitlines()]
        self.text, self.span = (b"\n".join(lines), span) if block else (None, (0, 0))

    def _is_row_of_names(self, line: bytes, start: int, end: int) -> bool:
        """Know the first row of a table by the names in it, and again where tables were put together."""
        if start == 0 and len(line) <= _LONGEST and names_columns(line):
            self.text, self.span = line, (start, end)
            return True
        return line == self.text
