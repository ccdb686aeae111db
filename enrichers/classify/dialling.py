"""Say whether a telephone number is one of a numbering plan, by one expression per country and length.

The plans are those of `phonenumbers`; its own parser takes forty times as long.
"""

from __future__ import annotations

import re
from functools import cache

from phonenumbers import PhoneMetadata, PhoneNumberDesc
from phonenumbers.phonenumberutil import COUNTRY_CODE_TO_REGION_CODE as REGIONS

KINDS = (
    "fixed_line mobile toll_free premium_rate shared_cost personal_number voip pager uan voicemail".split()
)
"""Kinds of numbers in a plan."""
_DIGITS = str.maketrans("", "", "+ ./()-")


def in_plan(number: str) -> bool:
    """Say whether a number as it is written is in the plan of its country; without `+` in that of North America."""
    digits = number.translate(_DIGITS)
    if number[0] != "+":
        return _is_in("1", digits)
    sizes = (size for size in (1, 2, 3) if digits[:size] in _codes())
    return any(_is_in(digits[:size], digits[size:]) for size in sizes)


def _is_in(code: str, national: str) -> bool:
    plan, prefix = _plan(code)
    form = plan.get(len(national))
    if form and form.fullmatch(national):
        return True
    form = plan.get(len(national) - len(prefix)) if prefix and national.startswith(prefix) else None
    return form is not None and form.fullmatch(national, len(prefix)) is not None


@cache
def _codes() -> frozenset[str]:
    return frozenset(map(str, REGIONS))


@cache
def _plan(code: str) -> tuple[dict[int, re.Pattern[str]], str]:
    """Give the form of national numbers by their length, and what is dialled before them at home."""
    forms: dict[int, dict[str, None]] = {}
    prefix = ""
    for region in REGIONS[int(code)]:
        data = (
            PhoneMetadata.metadata_for_nongeo_region(int(code))
            if region == "001"
            else PhoneMetadata.metadata_for_region(region)
        )
        prefix = prefix or (data and data.national_prefix) or ""
        for desc in (getattr(data, kind) for kind in KINDS) if data else ():
            for length in _lengths(desc):
                forms.setdefault(length, {})[desc.national_number_pattern] = None
    return {
        length: re.compile("|".join(f"(?:{form})" for form in some)) for length, some in forms.items()
    }, prefix


def _lengths(desc: PhoneNumberDesc | None) -> tuple[int, ...]:
    return tuple(desc.possible_length) if desc and desc.national_number_pattern else ()
