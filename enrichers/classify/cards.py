"""Find card numbers: an issuer's range and length, a Luhn digit that holds, and no number published for tests."""

from __future__ import annotations

import re

GROUPED = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?(?!\d)|\d{4}([ -])\d{6}\2\d{4,5}(?!\d)")
BARE = re.compile(r"(?<![\d.])\d{13,19}(?![\d.]\d|\d)")
_OTHER_NUMBER = re.compile(
    r"(?:order|invoice|ticket|tracking|serial|imei|isbn|uuid|\bid|ref|reference|number of|timestamp|\bts|\bts_ms|"
    r"account|parcel|session|request|trace|bestell|rechnung)[\w ]{0,16}[\"']?[ :=#]{0,3}[\"']?$",
    re.IGNORECASE,
)
ISSUERS: tuple[tuple[int, int, frozenset[int]], ...] = (
    (340000, 349999, frozenset({15})),  # American Express
    (370000, 379999, frozenset({15})),
    (300000, 305999, frozenset({14, 16, 19})),  # Diners Club
    (309500, 309599, frozenset({14, 16, 19})),
    (360000, 369999, frozenset({14, 16, 19})),
    (380000, 399999, frozenset({14, 16, 19})),
    (352800, 358999, frozenset({16, 17, 18, 19})),  # JCB
    (400000, 499999, frozenset({16, 19})),  # Visa; its numbers of 13 digits are history, and look like times
    (510000, 559999, frozenset({16})),  # Mastercard
    (222100, 272099, frozenset({16})),
    (220000, 220499, frozenset({16, 17, 18, 19})),  # Mir
    (601100, 601199, frozenset({16, 17, 18, 19})),  # Discover
    (644000, 659999, frozenset({16, 17, 18, 19})),
    (620000, 629999, frozenset({16, 17, 18, 19})),  # UnionPay
    (500000, 509999, frozenset({16, 19})),  # Maestro and kin
    (560000, 589999, frozenset({16, 19})),
    (600000, 619999, frozenset({16, 19})),
    (630000, 643999, frozenset({16, 19})),
)
"""First six digits from and to, and how long such a number may be (ISO/IEC 7812 ranges of the issuers)."""
SAMPLES = frozenset(
    """
    4111111111111111 4012888888881881 4222222222222 4007000000027 4005519200000004 4009348888881881 4012000033330026
    4012000077777777 4217651111111119 4500600000000061 4917610000000000 4000056655665556 4242424242424242
    4444333322221111 4462030000000000 4484070000000000 4911830000000 4988438843884305 4166676667666746 4646464646464644
    4977949494949497 4000620000000007 4003550000000003 4000060000000006 4293189100000008 4988080000000000
    4111111145551142 4035501000000008 4360000001000005 4263982640269299 4761530001111118 4263970000005262
    5555555555554444 5105105105105100 5200828282828210 5424000000000015 5454545454545454 5500000000000004
    5555341244441115 5577000055770004 5555444433331111 5136333333333335 5585558555855583 5555555555554477
    5222220000000005 5413330089099130 5431111111111111 5500005555555559 5405222222222226 5432673003090126
    5412753456789010 5425233430109903 5100060000000002 5399999999999999 5204740000001002 5301250070000191
    2223003122003222 2223000048400011 2222400070000005 2222410740360010 2222420000001113 2223000048410010
    2720992593319364 2226411234567899 378282246310005 371449635398431 371449635398434 370000000000002 378734493671000
    374251018720018 374245455400126 343434343434343 341111111111111 374101000000608 374200000000004
    6011111111111117 6011000990139424 6011000000000012 6011000000000004 6011601160116611 6445644564456445
    6011016011016011 6510000000001248 6555900000604105 30569309025904 38520000023237 3056930009020004 36227206271667
    36006666333344 36148900647913 36070500001020 38000000000006 36700102000000 3530111333300000 3566002020360505
    3566000020000410 3569990010095841 3528000700000000 6200000000000005 6243030000000001 6250941006528599
    6212345678901265 6304000000000000 6759649826438453 6731012345678906 5019717010103742 6331101999990016
    6771798021000008 6771830000000000006 6703444444444449 5066991111111118
    """.split()
)
"""Numbers that networks, banks and payment services publish for tests and brochures."""


def card(text: str, place: int, _end: int) -> tuple[int, int, bool | None] | None:
    """Find a card number in groups that starts at a place; valid is True, for Luhn holds."""
    found = None if text[max(0, place - 1) : place].isalnum() else GROUPED.match(text, place)
    return (
        (found.start(), found.end(), True)
        if found and _is_card(found[0].replace(found[1] or found[2], ""))
        else None
    )


def bare_card(text: str, place: int, _end: int) -> tuple[int, int, bool | None] | None:
    """Find a card number in one piece whose 13th digit ends at a place, unless words call it another number."""
    found = BARE.match(text, place - 13)
    if found is None or not _is_card(found[0]) or _OTHER_NUMBER.search(text[max(0, place - 53) : place - 13]):
        return None
    return found.start(), found.end(), True


def _is_card(digits: str) -> bool:
    return issued(digits) and digits not in SAMPLES and not _made_up(digits) and luhn(digits)


def issued(digits: str) -> bool:
    """Say whether an issuer gives out numbers that begin like this and are this long."""
    first, length = int(digits[:6]), len(digits)
    return any(low <= first <= high and length in lengths for low, high, lengths in ISSUERS)


def luhn(digits: str) -> bool:
    """Say whether the last digit is the check digit of the others."""
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(map(_DOUBLED.__getitem__, even))) % 10 == 0


def _made_up(digits: str) -> bool:
    return len(set(digits)) <= 3 or "00000000" in digits or "12345678" in digits


_DOUBLED = {str(digit): digit * 2 - 9 * (digit > 4) for digit in range(10)}
