"""Words that files of decisions use: what is unknown, what is favourable, what is an age.

Every word is compared folded (``fold``): without accents, case, or doubled spaces.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

# Trimmed besides what ``str.strip`` calls space: byte order mark and zero-width marks.
INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u200e\u200f"

Side = Literal["favourable", "unfavourable"]


def trim(text: str) -> str:
    """Text without leading and trailing spaces of any kind, no-break ones included."""
    before = None
    while before != text:
        before = text
        text = text.strip().strip(INVISIBLE)
    return text


def fold(text: str) -> str:
    """Text without accents, case, typographic apostrophes and doubled spaces.

    Two spellings with the same fold are one value: ``Femme``, ``FEMME``, ``Employé`` and
    ``employe``. Digits, signs and punctuation are kept, so ``<=50K`` is not ``>50K``.
    """
    if text.isascii():
        return " ".join(text.casefold().split())
    # casefold before and after: folding may itself make characters to decompose
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in decomposed if not unicodedata.combining(c) and c not in INVISIBLE)
    return " ".join(bare.casefold().replace("’", "'").replace("‘", "'").split())


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(word) for word in text.split("|"))


EXCEL_ERRORS = _words(
    "#n/a|#na|#n/d|#div/0!|#ref!|#valeur!|#value!|#nom?|#name?|#nombre!|#num!|#nul!|#null!"
    "|#propagation!|#spill!|#calc!|#getting_data|#connect!|#blocked!|#unknown!|#field!"
    "|err:502|err:508|err:511|err:522"
)

UNKNOWN = _words(
    "na|n/a|n.a.|n.a|nr|n/r|n.r.|nd|n/d|n.d.|nc|n/c|n.c.|nsp|n.s.p.|nan|null|nil|<na>|nat"
    "|?|??|???|-|--|---|—|–|.|..|...|…|/|_"
    "|inconnu|inconnue|inconnu(e)|inconnus|unknown|unk|not known"
    "|non renseigné|non renseignée|non-renseigné|non renseigné(e)|pas renseigné|à renseigner"
    "|non communiqué|non communiquée|non précisé|non précisée|non spécifié|non spécifiée"
    "|non déclaré|non déclarée|non disponible|non connu|non connue|non identifié|indisponible"
    "|sans réponse|pas de réponse|non réponse|non-réponse|ne se prononce pas|ne sait pas"
    "|ne souhaite pas répondre|refus de répondre|préfère ne pas répondre"
    "|not specified|unspecified|not stated|not provided|not available|not disclosed"
    "|undisclosed|not declared|not reported|not recorded|no answer|no response"
    "|prefer not to say|prefer not to answer|decline to answer|declined to answer"
    "|i do not wish to answer|missing|manquant|manquante|donnée manquante"
    "|vide|(vide)|[vide]|blank|(blank)|[blank]|empty|(empty)|indéterminé|indéterminée"
    "|undetermined|to be completed|tbd|à compléter"
)

# One line per meaning: the first word names it, the others are its other writings.
_FAVOURABLE = (
    "oui|o|yes|y",
    "vrai|v|true|t",
    "1",
    "retenu|retenue|candidature retenue|dossier retenu",
    "accepté|acceptée|accepted|accept|accepter",
    "admis|admise|admitted",
    "promu|promue|promoted|promotion",
    "embauché|embauchée|embauche|hired|hire|embaucher",
    "recruté|recrutée|recruted|recruited|recrutement",
    "sélectionné|sélectionnée|selected|select",
    "positif|positive|positive outcome|avis positif|pos",
    "favorable|avis favorable|favourable",
    "validé|validée|valide|validated",
    "approuvé|approuvée|approved",
    "accordé|accordée|granted",
    "attribué|attribuée|awarded",
    "obtenu|obtenue|obtained",
    "réussi|réussie|réussite|success|successful|succeeded|succès",
    "pass|passed",
    "éligible|eligible",
    "convoqué|convoquée|invité|invitée|invited|interviewed|entretien",
    "présélectionné|présélectionnée|shortlisted|shortlist",
    "offre|offer|offered|offer made",
    "titularisé|titularisée",
    "augmenté|augmentée",
    "formé|formée|trained|formation accordée",
    "affecté|affectée|assigned",
    "muté|mutée|transferred",
    "satisfaisant|satisfaisante|satisfactory|concluant|concluante",
    "bon|bonne|good",
    "ok",
)
_UNFAVOURABLE = (
    "non|n|no",
    "faux|f|false",
    "0",
    "refusé|refusée|refus|refused|candidature refusée|refuser",
    "rejeté|rejetée|rejet|rejected|reject|candidature rejetée|rejeter",
    "écarté|écartée|candidature écartée",
    "éliminé|éliminée|eliminated",
    "ajourné|ajournée",
    "recalé|recalée",
    "négatif|negative|avis négatif|neg",
    "défavorable|avis défavorable|unfavourable|unfavorable",
    "invalidé|invalidée",
    "denied|declined|décliné|déclinée",
    "échec|échoué|échouée|fail|failed|failure|unsuccessful",
    "inéligible|ineligible",
    "insatisfaisant|insatisfaisante|unsatisfactory|insuffisant|insuffisante|insufficient",
    "mauvais|mauvaise|bad",
    "ko",
)
_NEGATIONS = ("non ", "non-", "pas ", "not ", "no ")


def _meanings(lines: tuple[str, ...]) -> dict[str, str]:
    return {fold(word): fold(line.split("|")[0]) for line in lines for word in line.split("|")}


_GOOD = _meanings(_FAVOURABLE)
_BAD = _meanings(_UNFAVOURABLE)
# Values that say nothing by themselves: what they mean depends on the column's name.
_BARE = {"oui", "non", "vrai", "faux", "1", "0"}

# A column so named says that something bad happened: "1" or "oui" is then not favourable.
_BAD_NEWS = re.compile(
    r"\b(refus|reject|rejet|licenci|dismiss|layoff|laid off|fired|sanction|disciplin|penalt|"
    r"fail|echec|attrition|depart\b|demission|turnover|elimin|exclu|ecart|denied|default|"
    r"absen|accident|warning|avertiss|blame|suspen|deactivat|desactiv|fraud|risk|risque|"
    r"churn|terminat|not hired|non retenu|quit\b|left\b|alert)"
)
_GENDER_MARK = re.compile(r"(?<=\w)[(·•.\-/]e\)?(?:[·•.\-]?s)?$")
_COMPARISON = re.compile(r"^(<=|>=|<|>|≤|≥)\s*(.+)$")


def is_excel_error(text: str) -> bool:
    """Whether a cell holds an error of a spreadsheet (``#N/A``, ``#DIV/0!``, ``#NOM?``)."""
    return text.startswith(("#", "E", "e")) and fold(text) in EXCEL_ERRORS


def is_unknown(text: str) -> bool:
    """Whether a cell is blank, an error, or a word for "not known"."""
    folded = fold(text)
    return not folded or folded in UNKNOWN or folded in EXCEL_ERRORS


def meaning_of(text: str) -> str:
    """The meaning that a decision's value has in the vocabulary, else its fold.

    ``Retenue``, ``retenu(e)`` and ``RETENU`` mean ``retenu``; ``1.0`` means ``1``.
    """
    folded = re.sub(r"^([0-9]+)[.,]0+$", r"\1", fold(text))
    bare = _GENDER_MARK.sub("", folded)
    for candidate in (folded, bare):
        found = _GOOD.get(candidate) or _BAD.get(candidate)
        if found:
            return found
    for negation in _NEGATIONS:
        rest = bare.removeprefix(negation)
        if rest != bare and rest in _GOOD:
            return "non " + _GOOD[rest]
    return bare


def side_of(text: str) -> Side | None:
    """Which side a decision's value is on, when the word says it; else None."""
    meaning = meaning_of(text)
    if meaning in _GOOD:
        return "favourable"
    if meaning in _BAD:
        return "unfavourable"
    for negation in _NEGATIONS:
        if meaning.startswith(negation) and meaning.removeprefix(negation).strip() in _GOOD:
            return "unfavourable"
    return None


def favourable_of(column: str, levels: tuple[str, str]) -> str | None:
    """The favourable one of two values, when it is obvious.

    Parameters
    ----------
    column : str
        Name of the column: ``refus`` or ``licenciement`` turns bare yes/no and 1/0 into a
        question, since "yes" is then bad news.
    levels : tuple of two str

    Returns
    -------
    str or None
        None when neither word, nor an order (``>50K`` against ``<=50K``), decides.
    """
    first, second = (_COMPARISON.match(level) for level in levels)
    if first and second and fold(first[2]) == fold(second[2]):
        above = [level for level in levels if level[0] in ">≥"]
        return above[0] if len(above) == 1 else None
    sides = [side_of(level) for level in levels]
    if set(sides) != {"favourable", "unfavourable"}:
        return None
    bare = any(meaning_of(level) in _BARE for level in levels)
    if bare and _BAD_NEWS.search(spaced(column)):
        return None
    return levels[sides.index("favourable")]


_AGE_NAME = re.compile(r"\bages?\b")
_NOT_AGE = re.compile(r"\bage (group|band|bin|class|range|bracket)|tranche|classe")


def spaced(column: str) -> str:
    """A name folded, its words apart: ``AgeAtHire``, ``age_at_hire`` -> ``age at hire``."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", column)
    return " ".join(re.sub(r"[\W_]+", " ", fold(apart)).split())


def names_age(column: str) -> bool:
    """Whether a column's name says age in years: ``âge``, ``age_years``, ``AgeAtHire``."""
    words = spaced(column)
    return bool(_AGE_NAME.search(words)) and not _NOT_AGE.search(words)
