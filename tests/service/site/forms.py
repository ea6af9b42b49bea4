"""Forms as a browser without scripts sees and sends them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin


@dataclass
class Control:
    """What of a form is sent, when it is `on`."""

    kind: str
    name: str
    value: str = ""
    on: bool = True


@dataclass
class Form:
    """A form as it stands on a page."""

    page: str
    given: Mapping[str, str]
    controls: list[Control] = field(default_factory=list)
    buttons: list[dict[str, str]] = field(default_factory=list)

    def action(self, button: Mapping[str, str]) -> str:
        return urljoin(self.page, button.get("formaction") or self.given.get("action") or self.page)

    def fields(self, button: Mapping[str, str], words: Mapping[str, str]) -> list[tuple[str, str]]:
        """What is sent when somebody writes `words` into the empty fields and presses this button."""
        found = [(c.name, _written(c, words)) for c in self.controls if c.name and c.on and c.kind != "file"]
        return [*found, (button["name"], button.get("value", ""))] if button.get("name") else found

    def files(self, button: Mapping[str, str]) -> list[str]:
        """Names of the fields for files, if the form sends some."""
        multipart = "multipart" in (button.get("formenctype") or self.given.get("enctype") or "")
        return [c.name for c in self.controls if c.kind == "file"] if multipart else []


def _written(control: Control, words: Mapping[str, str]) -> str:
    if control.kind in ("text", "url", "password", "textarea") and (not control.value or control.name.startswith("t.")):
        return words.get(control.name, control.value)
    return control.value


class Sheet(HTMLParser):
    """The `forms` and `links` of a page, and its `dead` controls: those that only scripts make something of, in plain view."""

    def __init__(self, page: str, text: str) -> None:
        super().__init__()
        self.page = page
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.dead: list[str] = []
        self._inside: Form | None = None
        self._text: Control | None = None
        self._pick: Control | None = None
        self._dialogs = 0
        self._away: list[tuple[str, Control]] = []
        self.feed(text)
        self.close()
        ids = {f.given["id"]: f for f in self.forms if "id" in f.given}
        for name, control in self._away:
            ids[name].controls.append(control)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {k: v or "" for k, v in attrs}
        if tag == "dialog":
            self._dialogs += 1  # only scripts open one
        elif tag == "a" and "href" in got:
            self.links.append(got["href"])
        elif tag == "form":
            self._inside = Form(self.page, got)
            if got.get("method") != "dialog":
                self.forms.append(self._inside)
        elif tag == "option" and self._pick is not None:
            self._option(self._pick, got)
        elif tag in ("input", "textarea", "select"):
            self._control(tag, got)
        elif tag == "button":
            self._button(got)

    def _option(self, pick: Control, got: Mapping[str, str]) -> None:
        if "selected" in got or not pick.on:
            pick.value, pick.on = got.get("value", ""), True
            self._text = pick if "value" not in got else None

    def _control(self, tag: str, got: Mapping[str, str]) -> None:
        kind = got.get("type", "text") if tag == "input" else tag
        on = tag != "select" and (kind not in ("checkbox", "radio") or "checked" in got or "form" in got)
        control = Control(kind, got.get("name", ""), got.get("value", "on" if kind == "checkbox" else ""), on)
        if tag == "select":
            self._pick = control
        if tag == "textarea":
            self._text = control
        if "disabled" in got:
            return
        if "form" in got:
            self._away.append((got["form"], control))
        elif self._inside is not None:
            self._inside.controls.append(control)

    def _button(self, got: dict[str, str]) -> None:
        plain = got.get("type") == "button" or self._inside is None
        if plain and not self._dialogs and not ("hidden" in got or "scripted" in got.get("class", "") or {"data-copy", "data-opens"} & set(got)):
            self.dead.append(f"{self.page}: {got}")
        if not plain and self._inside is not None and "disabled" not in got:
            self._inside.buttons.append(got)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag in ("textarea", "option"):
            self._text = None
        elif tag == "select":
            self._pick = None
        elif tag == "dialog":
            self._dialogs -= 1

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text.value += data if self._text.kind == "textarea" else data.strip()
