"""Check digits of national documents that python-stdnum does not know; each function takes a number as written."""

from __future__ import annotations

import re
from datetime import date

_LETTERS = {letter: number for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZ", start=1)}
_PERMUTE = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)
"""How Verhoeff's check digit permutes the digits, by place modulo 8."""


def de_rvnr(value: str) -> bool:
    """Check a German pension insurance number: area, day of birth, initial, serial, check digit."""
    digits = re.sub(r"[^0-9A-Z]", "", value.upper())
    if not re.fullmatch(r"\d{8}[A-Z]\d{3}", digits) or not 1 <= int(digits[4:6]) <= 12:
        return False
    plain = f"{digits[:8]}{_LETTERS[digits[8]]:02d}{digits[9:11]}"
    products = (
        int(digit) * weight for digit, weight in zip(plain, (2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1), strict=True)
    )
    return sum(product // 10 + product % 10 for product in products) % 10 == int(digits[11])


def icao_last(value: str) -> bool:
    """Check the last digit of a number as ICAO 9303 has it (weights 7, 3, 1): German passports and identity cards."""
    body, last = value[:-1], value[-1]
    return last.isdigit() and len(body) == 9 and _icao(body, (7, 3, 1)) == int(last)


def pl_dowod(value: str) -> bool:
    """Check a Polish identity card: three letters, a check digit, five digits (weights 7, 3, 1, 9, 7, 3, 1, 7, 3)."""
    plain = re.sub(r"[^0-9A-Z]", "", value.upper())
    return (
        re.fullmatch(r"[A-Z]{3}\d{6}", plain) is not None and _icao(plain, (7, 3, 1, 9, 7, 3, 1, 7, 3)) == 0
    )


def _icao(body: str, weights: tuple[int, ...]) -> int:
    numbers = (int(char, 36) * weights[place % len(weights)] for place, char in enumerate(body.upper()))
    return sum(numbers) % 10


def hu_taj(value: str) -> bool:
    """Check a Hungarian social security number: weights 3 and 7 in turn."""
    digits = _digits(value)
    return sum(digit * (3, 7)[place % 2] for place, digit in enumerate(digits[:8])) % 10 == digits[8]


def hu_adoazonosito(value: str) -> bool:
    """Check a Hungarian tax number of a person: 8, days since 1867, serial; weights 1 to 9, modulo 11."""
    digits = _digits(value)
    return (
        digits[0] == 8 and sum(digit * place for place, digit in enumerate(digits[:9], 1)) % 11 == digits[9]
    )


def lv_pk(value: str) -> bool:
    """Check a Latvian personal code: a date and a check digit, or one of the new kind that begins with 32."""
    digits = _digits(value)
    if digits[:2] == [3, 2]:
        return True
    total = sum(
        digit * weight for digit, weight in zip(digits, (1, 6, 3, 7, 9, 10, 5, 8, 4, 2), strict=False)
    )
    check = (1101 - total) % 11
    return _is_day(digits[0:2], digits[2:4]) and check == digits[10]


def lu_matricule(value: str) -> bool:
    """Check a Luxembourg identification number: a birth date, then a Luhn and a Verhoeff digit over eleven digits."""
    digits = _digits(value)
    return _is_day(digits[6:8], digits[4:6]) and _luhn(digits[:12]) and _verhoeff([*digits[:11], digits[12]])


def au_medicare(value: str) -> bool:
    """Check an Australian Medicare card: eight digits, a weighted check digit, the issue."""
    digits = _digits(value)
    total = sum(digit * weight for digit, weight in zip(digits, (1, 3, 7, 9, 1, 3, 7, 9), strict=False))
    return 2 <= digits[0] <= 6 and total % 10 == digits[8] and digits[9] > 0


def gb_driver(value: str) -> bool:
    """Check the birth date within a British driving licence: decade, month (plus 50 for women), day, year."""
    month, day = int(value[6:8]) % 50, int(value[8:10])
    return 1 <= month <= 12 and 1 <= day <= 31 and int(value[6]) in (0, 1, 5, 6)


def gb_nino(value: str) -> bool | None:
    """Refuse prefixes of British insurance numbers that are never given out, and the samples of the forms."""
    plain = re.sub(r"[\s-]", "", value.upper())
    never = plain[:2] in ("BG", "GB", "KN", "NK", "NT", "TN", "ZZ") or plain[1] == "O"
    return False if never or plain[:8] in ("QQ123456", "JG103759") or len(set(plain[2:8])) == 1 else None


def _digits(value: str) -> list[int]:
    return [int(char) for char in value if char.isdigit()]


def _is_day(day: list[int], month: list[int]) -> bool:
    try:
        date(2000, month[0] * 10 + month[1], day[0] * 10 + day[1])
    except ValueError:
        return False
    return True


def _luhn(digits: list[int]) -> bool:
    doubled = (digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2])
    return (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _verhoeff(digits: list[int]) -> bool:
    check = 0
    for place, digit in enumerate(reversed(digits)):
        check = _turned(check, _PERMUTE[place % 8][digit])
    return check == 0


def _turned(one: int, other: int) -> int:
    """Multiply in the group of the turns and flips of a pentagon."""
    if one < 5:
        return (one + other) % 5 if other < 5 else (one + other) % 5 + 5
    return (one - other) % 5 + 5 if other < 5 else (one - other) % 5


def es_nss(value: str) -> bool:
    """Check a Spanish affiliation number: province, serial, and both modulo 97."""
    digits = re.sub(r"\D", "", value)
    province, serial, check = digits[:2], digits[2:-2].lstrip("0") or "0", int(digits[-2:])
    joined = int(province) * 10_000_000 + int(serial) if int(serial) < 10_000_000 else int(province + serial)
    return 1 <= int(province) <= 66 and joined % 97 == check


def us_mbi(value: str) -> bool | None:
    """Refuse the number that the American health service prints on its sample card; there is no check digit."""
    return False if re.sub(r"\W", "", value) in ("1EG4TE5MK72", "1EG4TE5MK73") else None


def br_pis(value: str) -> bool:
    """Check a Brazilian social number: weights 3, 2, 9 to 2, modulo 11."""
    digits = _digits(value)
    total = sum(digit * weight for digit, weight in zip(digits, (3, 2, 9, 8, 7, 6, 5, 4, 3, 2), strict=False))
    return (11 - total % 11) % 11 % 10 == digits[10] and len(set(digits)) > 1


def br_cnh(value: str) -> bool:
    """Check a Brazilian driving licence: two digits, modulo 11, with weights down and up."""
    digits = _digits(value)
    first = sum(digit * (9 - place) for place, digit in enumerate(digits[:9])) % 11
    second = sum(digit * (1 + place) for place, digit in enumerate(digits[:9])) % 11 - (
        2 if first >= 10 else 0
    )
    second += 11 if second < 0 else 0
    return [0 if first >= 10 else first, 0 if second >= 10 else second] == digits[9:]


def sg_nric(value: str) -> bool:
    """Check the letter of a Singapore identity number, by its series."""
    series, digits = value[0], _digits(value)
    total = sum(digit * weight for digit, weight in zip(digits, (2, 7, 6, 5, 4, 3, 2), strict=True))
    letters = "JZIHGFEDCBA" if series in "ST" else "XWUTRQPNMLK" if series in "FG" else "KLJNPQRTUWX"
    shift = {"S": 0, "F": 0, "T": 4, "G": 4, "M": 3}[series]
    place = (total + shift) % 11
    return value[-1] == (letters[10 - place] if series == "M" else letters[place])


CHECKS = {
    check.__name__: check
    for check in (
        *(de_rvnr, icao_last, pl_dowod, hu_taj, hu_adoazonosito, lv_pk, lu_matricule, au_medicare),
        *(gb_driver, gb_nino, es_nss, us_mbi, br_pis, br_cnh, sg_nric),
    )
}
"""All of them, by name."""
