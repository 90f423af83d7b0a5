"""The method page and the glossary, made from the words of the reports in both languages.

python docs/pages.py            write docs/method.*.md and docs/glossary.*.md anew
python docs/pages.py --check    exit code 1 where one of them is out of step
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from algo_audit.data.limits import read_limits
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.i18n.formats import Formats

HERE = Path(__file__).parent
LANGUAGES = ("fr", "en")
DOMAINS = ("report", "model", "drivers", "amounts", "guide")
_COUNTS = (
    "rate", "difference", "ratio", "shortfall", "adjusted", "test", "family", "small", "power",
    "pools", "auc", "lottery", "clusters",
)  # fmt: skip
_MODEL = ("replay", "shapley", "exact", "weight", "dealt", "curves", "rules", "steady")
_AMOUNTS = ("groups", "superiority", "small", "mean", "median", "strata", "family", "margin")
_MSGID = re.compile(r'^msgid "((?:source|glossary)\.[^"]+)"$', re.MULTILINE)


def _keys(family: str) -> list[str]:
    """Keys of a family, in the order of the French catalogues."""
    folder = HERE.parent / "src" / "algo_audit" / "i18n" / "locale" / "fr"
    found: list[str] = []
    for domain in DOMAINS:
        text = (folder / f"{domain}.po").read_text(encoding="utf-8")
        found += [key for key in _MSGID.findall(text) if key.startswith(f"{family}.")]
    return list(dict.fromkeys(found))


def _places(formats: Formats) -> dict[str, object]:
    limits = read_limits()
    explain = limits.explain
    return {
        "level": formats.percent(limits.levels.family_wise, 0),
        "discovery": formats.percent(limits.levels.false_discovery, 0),
        "power": formats.percent(limits.levels.power, 0),
        "compared": limits.groups.compared_from,
        "reference": limits.groups.reference_from,
        "permuted": limits.amounts.permutation_below,
        "background": formats.number(explain.background),
        "players": explain.exact_players,
        "deals": explain.deals,
        "people": explain.curve_people,
        "held_out": formats.percent(explain.held_out, 0),
        "depth": explain.rules_depth,
        "disturbances": explain.disturbances,
        "refits": explain.refits,
        "threshold": limits.disclosure.committee,
    }


def method_page(language: str) -> str:
    """Every figure in words, its caution, then the sources."""
    texts, formats = Catalogue(language, DOMAINS), Formats(language)
    places = _places(formats)
    draws = {
        "": formats.number(read_limits().resampling.lottery_draws),
        "amounts.": formats.number(read_limits().resampling.permutations),
    }
    lines = [f"# {texts.text('guide.method.title')}", "", texts.text("guide.method.intro"), ""]
    for title, prefix, names in (
        ("counts", "", _COUNTS),
        ("model", "model.", _MODEL),
        ("amounts", "amounts.", _AMOUNTS),
    ):
        lines += [f"## {texts.text(f'guide.method.{title}')}", ""]
        for name in names:
            values = {**places, "draws": draws.get(prefix, "")}
            said = texts.text(f"method.{prefix}{name}", **values)
            lines.append(f"- {said}")
            caution = f"misleads.{prefix}{name}"
            if texts.has(caution):
                colon = "\u00a0:" if language == "fr" else ":"
                head = texts.text("guide.method.misleads")
                lines.append(f"  *{head}{colon} {texts.text(caution)}*")
        lines.append("")
    lines += [f"## {texts.text('guide.method.sources')}", ""]
    lines += [f"- {texts.text(key)}" for key in _keys("source")]
    return "\n".join(lines) + "\n"


def glossary_page(language: str) -> str:
    """Terms of the reports by alphabet, each with its word in the other language."""
    other = LANGUAGES[1 - LANGUAGES.index(language)]
    texts, beside = Catalogue(language, DOMAINS), Catalogue(other, DOMAINS)
    heads = [texts.text(f"guide.glossary.{name}") for name in ("word", "means", "other")]
    names = [key.removesuffix(".term") for key in _keys("glossary") if key.endswith(".term")]
    rows = sorted(
        (texts.text(f"{name}.term"), texts.text(name), beside.text(f"{name}.term"))
        for name in names
    )
    lines = [f"# {texts.text('guide.glossary.title')}", "", texts.text("guide.glossary.intro"), ""]
    lines += [f"| {' | '.join(heads)} |", "|---|---|---|"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def pages() -> dict[Path, str]:
    """Every page made here, with its text."""
    made = {}
    for language in LANGUAGES:
        made[HERE / f"method.{language}.md"] = method_page(language)
        made[HERE / f"glossary.{language}.md"] = glossary_page(language)
    return made


def main() -> int:
    """Write the pages, or check them."""
    wrong = [
        path
        for path, text in pages().items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    if "--check" in sys.argv[1:]:
        sys.stderr.write("".join(f"out of step: {path.name}\n" for path in wrong))
        return 1 if wrong else 0
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
