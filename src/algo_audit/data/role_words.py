"""Names that columns of HR files bear, in French and English, by the part they play.

Patterns are matched against a name folded and split into words (``name_words``). The order of
the table is the order of trial: the first row that matches, and whose content suits, wins.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from algo_audit.data.vocabulary import fold


@dataclass(frozen=True)
class NamePattern:
    """One way of naming: role (None: no part in an audit), reason code, pattern."""

    role: str | None
    reason: str
    pattern: re.Pattern[str]


def name_words(column: str) -> str:
    """A column's name as plain words: ``dateCandidature_2`` -> ``date candidature 2``."""
    apart = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", column)
    apart = re.sub(r"(?<=[^\W\d_])(?=\d)", " ", apart)
    return " ".join(re.sub(r"[\W_]+", " ", fold(apart)).split())


def _pattern(role: str | None, reason: str, words: str) -> NamePattern:
    return NamePattern(role, reason, re.compile(rf"\b(?:{words})\b"))


NAME_PATTERNS = (
    # A person's name or address has no place in an audit, and should leave the file.
    _pattern(
        None,
        "direct_identifier",
        r"nom|prenom|nom prenom|nom de famille|surname|first name|firstname|last name|lastname|"
        r"full name|name|e ?mail|courriel|mail|telephone|tel|phone|mobile|adresse|address|nir|"
        r"numero de securite sociale|numero secu|ssn|iban",
    ),
    _pattern(
        "protected",
        "ethnic_origin",
        r"race|races|ethnie|ethnic\w*|ethnicity|origine ethnique|couleur de peau|skin colou?r|"
        r"minority|minorite visible|hispanic",
    ),
    _pattern(
        "protected",
        "special_category",
        r"religion|religieu\w*|orientation sexuelle|sexual orientation|syndicat|syndique\w*|"
        r"union member\w*|trade union|opinion\w* politique\w*|political\w*|etat de sante|"
        r"health\w*|grossesse|enceinte|pregnan\w*|conge maternite",
    ),
    _pattern(
        "protected",
        "sex",
        r"sexe?|genre|gender|civilite|sex at birth|homme femme|h f|f h|titre de civilite",
    ),
    _pattern("protected", "age", r"ages?|tranche d age|classe d age|age (bin|band|group|range)"),
    _pattern(
        "protected", "birth", r"(date|annee|an) (de )?naissance|birth ?(date|year|day)|dob|ne le"
    ),
    _pattern(
        "protected",
        "disability",
        r"handicap\w*|rqth|boeth|oeth|disab\w*|disability|situation de handicap|travailleur h",
    ),
    _pattern(
        "protected",
        "nationality",
        r"nationalites?|nationality|nationalities|citizenship|pays de naissance|"
        r"lieu de naissance|birth ?place|country of birth|native country|foreign worker|etranger",
    ),
    _pattern(
        "protected",
        "family",
        r"situation (de famille|familiale|matrimoniale)|etat matrimonial|marital( status)?|"
        r"married|marie|enfants?|nombre d enfants|nb enfants|children|dependents|parental",
    ),
    _pattern(
        "protected",
        "residence",
        r"qpv|quartier prioritaire|lieu de residence|commune de residence|code postal|postcode|"
        r"zip ?code|(\w+ )?residence",
    ),
    _pattern(
        "identifier",
        "identifier",
        r"id|ids|identifiants?|identifier|matricules?|(numero|num|no|n|code|ref|reference) "
        r"(de |d |du )?(candidat\w*|salarie\w*|agent|dossier|employe\w*|demande)|"
        r"(candidate|applicant|employee|worker|person|application|student|staff) "
        r"(id|number|no|code)|uuid|id \w+|\w+ id",
    ),
    _pattern(
        "weight",
        "weight",
        r"poids (de sondage|statistique|d echantillonnage)|ponderation|"
        r"(sampling|sample|survey) weights?|fnlwgt",
    ),
    _pattern(
        "count",
        "count",
        r"effectifs?|headcount|counts?|nombre de (personnes|lignes)|frequency|freq",
    ),
    _pattern(
        "advice",
        "advice",
        r"avis (du )?(systeme|outil|algorithme|ia)|recommandations?|recommended|recommendations?|"
        r"preconisation|suggestion|suggested|advice|proposition (du )?(systeme|outil)|"
        r"prediction|predicted|prediction systeme",
    ),
    _pattern(
        "decided_by",
        "decided_by",
        r"decideurs?|decide par|decided by|recruteurs?|recruteuse|recruiters?|valideur|"
        r"valide par|evaluateur|evaluator|assessor|manager|responsable du recrutement",
    ),
    _pattern("version", "version", r"version( (du )?modele)?|model version|release"),
    _pattern("date", "date", r"dates?( \w+)*|\w+ date|horodatage|timestamp|jour de decision"),
    _pattern(
        "outcome",
        "decision_name",
        r"decisions?|retenue?s?|resultats?( final)?|final result|results?|outcomes?|issue|"
        r"statuts?( final)?|status|embauche\w*|hired?|recrutee?s?|selected|selectionnee?s?|"
        r"selection|promue?s?|promoted|promotion|admise?s?|admitted|accepte\w*|accepted|"
        r"suite donnee|reponse|call|callback|called back|approved|approval|awarded|attribue\w*|"
        r"beneficiaire|obtenue?|treat|treatment|formation accordee|offered|credit",
    ),
    _pattern(
        "label",
        "label_name",
        r"evaluations?( \w+)*|appraisals?|performances?|appreciations?|essai( concluant)?|"
        r"fin d essai|probation|titularis\w*|labels?|target|y true|ground truth|"
        r"reussite|success|satisf\w*|a \d+ mois|\d+ mois|after \d+ months|encore present",
    ),
    _pattern(
        "score",
        "score_name",
        r"scores?( \w+)?|note|notes|note (finale|globale)|notation|points?|proba\w*|rating|"
        r"total points|classement|rang|rank|ranking|combine|test ?result|moyenne",
    ),
    _pattern(
        "pool",
        "pool_name",
        r"offres?( d emploi)?|(code|numero|num|ref|reference|id) (de )?(l )?offre|annonces?|"
        r"vacanc\w*|vacant post|requisition|job ?(posting|ad|opening|id)|concours|"
        r"campagnes?|session|appel a candidatures?|fiche de poste",
    ),
    _pattern(
        "strata",
        "unit_name",
        r"postes?|metiers?|famille( de)? ?metiers?|job ?(family|title|role|category)|^jobs?$|"
        r"emplois?|fonctions?|sites?|etablissements?|agences?|directions?|services?|"
        r"departements?|departments?|division|unite|unit|team|equipe|company|companies|"
        r"entreprises?|societe|filiale|csp|categorie( socio ?professionnelle)?|categories|"
        r"category|classification|niveau( de poste)?|coefficient|echelon|secteurs?|sectors?|"
        r"filiere|branche|contrat|type de contrat|contract|pays|country|villes?|city|regions?|"
        r"position|occupation|workclass|annee|year|vague|periode|period|kind|business ?travel|"
        r"study area|module|code module|presentation",
    ),
)
