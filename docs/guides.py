"""The guides as pages for readers without a Markdown viewer: one HTML file each, printable.

python docs/guides.py [FOLDER]      write them (build/guides unless told)

A page holds everything it needs: no script, no picture, nothing from the network.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token

from algo_audit.i18n.formats import french_typography

HERE = Path(__file__).parent
LANGUAGES = ("fr", "en")
# What a reader opens first comes first.
NAMES = (
    "guide_social_partner", "what_to_ask", "guide_facilitator", "guide_auditor", "explanations",
    "scoring_grid", "method", "glossary",
)  # fmt: skip
INDEX = "index.html"
_LONG = 30  # characters of a word of code from which on it may be broken, for narrow screens
_SIBLING = re.compile(r"(?:\./)?(?P<name>\w+)\.(?P<language>fr|en)\.md(?P<anchor>#.*)?")
_WORDS = {
    "fr": {"guides": "Les guides", "all": "Tous les guides", "other": "In English"},
    "en": {"guides": "Guides", "all": "All guides", "other": "En français"},
}


def _source(name: str, language: str) -> str:
    return (HERE / f"{name}.{language}.md").read_text(encoding="utf-8")


def title_of(name: str, language: str) -> str:
    """The first line of a guide, without its mark."""
    text = _source(name, language).splitlines()[0].removeprefix("# ")
    return french_typography(text) if language == "fr" else text


def _linked(token: Token) -> None:
    """A link to another guide becomes one to its page; to anything else not on the web, text."""
    address = str(token.attrs["href"])
    sibling = _SIBLING.fullmatch(address)
    if sibling and sibling["name"] in NAMES:
        token.attrs["href"] = f"{sibling['name']}.{sibling['language']}.html"
    elif not address.startswith(("https://", "#")):
        del token.attrs["href"]


def _typeset(tokens: list[Token], language: str) -> None:
    """Links followed and spaces set, in texts and not in code."""
    for token in tokens:
        for part in token.children or ():
            if part.type == "text" and language == "fr":
                part.content = french_typography(part.content)
            elif part.type == "link_open":
                _linked(part)


def _code(tokens: Sequence[Token], place: int, *_: object) -> str:
    """A piece of code that breaks between words only: ``--out`` is not torn at its hyphens."""
    words = tokens[place].content.split(" ")
    kept = (f"<span>{escape(word)}</span>" if len(word) < _LONG else escape(word) for word in words)
    return f"<code>{' '.join(kept)}</code>"


def _body(name: str, language: str) -> str:
    reader = MarkdownIt("commonmark").enable("table")
    reader.renderer.rules["code_inline"] = _code
    tokens = reader.parse(_source(name, language))
    _typeset(tokens, language)
    html = str(reader.renderer.render(tokens, reader.options, {}))
    # a table wider than a telephone scrolls by itself, by keyboard too
    html = html.replace("<table>", '<div class="wide" tabindex="0"><table>')
    return html.replace("</table>", "</table></div>")


def page(name: str, language: str) -> str:
    """One guide as a page."""
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    words = _WORDS[language]
    links = (
        f'<a href="{INDEX}">{words["all"]}</a>'
        f'<a href="{name}.{other}.html" lang="{other}" hreflang="{other}">{words["other"]}</a>'
    )
    return _page(language, title_of(name, language), links, _body(name, language))


def index() -> str:
    """Every guide in both languages, French first."""
    parts = []
    for language in LANGUAGES:
        items = "".join(
            f'<li><a href="{name}.{language}.html">{escape(title_of(name, language))}</a></li>'
            for name in NAMES
        )
        head = _WORDS[language]["guides"]
        parts.append(f'<section lang="{language}"><h1>{head}</h1><ul>{items}</ul></section>')
    return _page("fr", "algo_audit", "", "".join(parts))


def _page(language: str, title: str, links: str, body: str) -> str:
    style = (HERE / "guides.css").read_text(encoding="utf-8")
    navigation = f"<nav>{links}</nav>" if links else ""
    return (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
        f"<header>algo_audit{navigation}</header>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )


def write(folder: Path) -> list[Path]:
    """Write every page and the list of them; the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {f"{name}.{one}.html": page(name, one) for name in NAMES for one in LANGUAGES}
    texts[INDEX] = index()
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8", newline="\n")
    return [folder / file for file in texts]


def main() -> int:
    """Write the pages."""
    folder = Path(sys.argv[1]) if sys.argv[1:] else HERE.parent / "build" / "guides"
    write(folder)
    sys.stdout.write(f"{folder / INDEX}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
