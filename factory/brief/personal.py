"""Personal data has no place in a brief: addresses, telephone, card and account numbers are found and refused.

Lookalikes pass: a grouped thousand (1 204 000), a date, a price, a bar code in its own field, the landing page.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from factory.brief.desk import Desk, Path_, texts

EMAIL = re.compile(r"[\w.+-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
PHONE = re.compile(
    r"""(?<![\w.,/=-])(?<!\d\s)(?:
        \+\d{1,3}[\s./()-]*\d(?:[\s./()-]*\d){6,12}          # +49 30 1234567
      | 00\d{1,3}[\s./()-]*\d(?:[\s./()-]*\d){6,12}          # 0033 1 23 45 67 89
      | \(?0\d{1,5}\)?[\s./-]{0,2}\d{1,8}(?:[\s./-]?\d{1,8}){0,5}  # 030 1234567, 06 12 34 56 78
      | \(\d{3}\)\s?\d{3}[-.\s]\d{4}                         # (555) 010-2030
      | \d{3}[-.]\d{3}[-.]\d{4}                              # 555-010-2030
    )(?![\w-]|[.,]\d)""",
    re.VERBOSE,
)
DIGITS = re.compile(r"(?<![\w.,])\d(?:[ -]?\d){12,18}(?!\w)")
IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
HOST = re.compile(r"^https?://[^/?#]*")
EXEMPT = frozenset({"$schema"})
CODES = (("product", "gtin"), ("offer", "code"))
"""Fields that hold codes, not personal numbers."""


def check_personal(desk: Desk) -> None:
    """Refuse personal data wherever it stands in the brief."""
    for path, text in texts(desk.data):
        if path and path[0] not in EXEMPT:
            for what in personal(text, number=not _is_code(path)):
                desk.fault("brief.personal", path, f"{path[-1]} holds {what}",
                           "A brief holds no personal data; take it out and point people to the landing page.")


def personal(text: str, *, number: bool = True) -> Iterator[str]:
    """What personal data a text holds, in words; numbers are only looked for where `number` says so."""
    if EMAIL.search(HOST.sub("", text)):
        yield "an e-mail address"
    if not number or text.startswith(("https://", "http://")):
        return
    if any(_iban(m.group(0)) for m in IBAN.finditer(text)):
        yield "an account number"
    if any(_card(m.group(0)) for m in DIGITS.finditer(text)):
        yield "a card number"
    elif any(9 <= len(_digits(m.group(0))) <= 15 for m in PHONE.finditer(text)):
        yield "a telephone number"


def _is_code(path: Path_) -> bool:
    return path in CODES or path[-1] in ("url", "id")


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _card(text: str) -> bool:
    """13 to 19 digits whose last one checks out (ISO/IEC 7812-1, the Luhn formula), not all alike."""
    digits = [int(c) for c in _digits(text)]
    doubled = [d if i % 2 == 0 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(digits))]
    return len(set(digits)) > 1 and sum(doubled) % 10 == 0


def _iban(text: str) -> bool:
    """An account number whose check digits are right (ISO 13616: the number modulo 97 is 1)."""
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:
        return False
    turned = plain[4:] + plain[:4]
    return int("".join(str(int(c, 36)) for c in turned)) % 97 == 1
