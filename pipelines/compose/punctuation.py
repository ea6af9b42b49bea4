"""Typographic signs as each language sets them: quotes, apostrophes, spaces that do not break, minus and times."""

from __future__ import annotations

import re

NBSP, THIN = "\u00a0", "\u202f"


def typographic(text: str, locale: str) -> str:
    """`text` with the signs a typesetter of the locale would use. Safe to apply twice."""
    language = locale.split("-")[0].lower()
    text = re.sub(r"(?<=\w)'(?=\w)", "’", text).replace("...", "…")
    text = re.sub(r"(?<=\d)\s?[xX]\s?(?=\d)", f"{NBSP}×{NBSP}", text)
    text = re.sub(r"(?<=\d) (?=[A-Za-z°%€£$µ]{1,5}\b|%|€)", NBSP, text)
    if language == "fr":
        text = re.sub(r"[ \u00a0\u202f]*([;?!])(?=\s|$|[»”\"])", THIN + r"\1", text)
        text = re.sub(r"[ \u00a0\u202f]+:", NBSP + ":", text)
    return text
