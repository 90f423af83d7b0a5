"""The sentences of the chapter on the system, part by part."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from algo_audit.explain.contributions import ROUNDING
from algo_audit.fairness.comparison import Estimate
from algo_audit.models.inputs import Input
from algo_audit.models.rule import Rule
from algo_audit.report import document
from algo_audit.report.chapters.model_effects import effects as effects_part
from algo_audit.report.chapters.model_examined import examined
from algo_audit.report.chapters.model_importance import importance as importance_part
from algo_audit.report.chapters.model_monotony import contradicted
from algo_audit.report.chapters.model_replay import replayed
from algo_audit.report.chapters.model_words import Teller
from algo_audit.report.context import Context
from algo_audit.report.phrases import Phrases

from .model_texts import blocks, only, plain, said, texts
from .realistic_model import (
    around,
    criteria,
    effects,
    lines,
    missing,
    monotony_against,
    realistic_model,
    replay,
    stand_in,
    with_model,
)

# --- what was examined ---------------------------------------------------------------------


def test_inputs_with_purpose_source_and_intrusiveness(chapters):
    part = next(p for p in chapters["fr", "grid"].sections if p.id == "model-examined")
    table = next(b for b in part.blocks if isinstance(b, document.Table) and b.id == "model-inputs")
    first, last = table.rows[0], table.rows[-1]
    assert [cell.text for cell in first][2:4] == ["Connaissances de base attendues", "CV"]
    assert plain(first[4].text) == "0 sur 5 : Faits liés au poste et vérifiés"
    assert [cell.text for cell in last][2:4] == ["non déclaré", "non déclaré"]
    told = "\n".join(plain(text) for _, text in texts(part))
    assert "Aucune finalité n’est déclarée pour « distance_km »." in told
    assert "« interruption_mois » et « distance_km ». Ce sont les données" in told
    assert "cd" * 32 in told
    assert "Grille 2026" in told
    assert "Grid 2026" not in told


def test_an_input_that_gaps_are_looked_for_by_is_named():
    found = realistic_model()
    named = (Input("sex", "category", ("F", "M")), *found.description.inputs)
    direct = replace(found, description=replace(found.description, inputs=named))
    notes = [b for b in only(examined, direct, "fr").blocks if isinstance(b, document.Note)]
    assert notes[0].kind == "caution"
    assert "Le calcul se sert directement de « sex »." in plain(notes[0].text[0])
    plainly = [b for b in only(examined, found, "fr").blocks if isinstance(b, document.Note)]
    assert [note.kind for note in plainly] == ["tip"]


def test_undeclared_criteria_are_a_question(chapters):
    told = said(only(examined, realistic_model(criteria=()), "en"))
    assert "No purpose or source is declared for these inputs." in told
    assert len(criteria()) == 5


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_kind_scale_and_rule_has_its_words(language):
    found = realistic_model()
    kinds = ("scoring_grid", "sklearn", "onnx", "callable", "surrogate")
    scales = ("points", "log_odds", "probability", "score")
    families = ("additive_points", "linear", "tree_ensemble", "opaque")
    rules = (None, Rule("threshold", 0.5), Rule("top_k"), Rule("top_k", 1), Rule("top_k", 3))
    seen = set()
    for kind, scale, family, rule in product(kinds, scales, families, rules):
        described = replace(found.description, kind=kind, scale=scale, family=family, rule=rule)
        context = Context(
            with_model(replace(found, description=described)), Phrases(language, "full", None)
        )
        told = [b.text for b in examined(Teller(context, context.result.model)).blocks[:2]]
        seen.add(tuple(told))
        assert Teller(context, context.result.model).score(-1.96)
    # a grid says itself what family it is of; a rule in hundredths where the score is
    assert len(seen) == (len(kinds) - 1) * 4 * 4 * 5 + 4 * 5


# --- replay --------------------------------------------------------------------------------


def test_replay_in_sentences(chapters):
    told = said(chapters["fr", "grid"])
    assert "Notes : 2 776 sur 2 780 sortent à l’identique ; le plus grand écart est de 1,5 point de grille." in told  # fmt: skip
    assert "Décisions : sur 2 800, le modèle en redonne 95,7 % (de 94,9 à 96,5 %)." in told
    assert "Pour « 50+ » (« age »), l’accord est moins bon : 90,5 %, contre 95,7 %" in told
    assert "des personnes ont décidé autrement que le modèle" in told


def test_an_exact_replay_asks_no_question():
    exact = replace(
        replay(), scores_equal=2780, agreement=Estimate(1.0, 0.998, 1.0, 2800), added=0, dropped=0,
        tied=0,
    )  # fmt: skip
    section = only(replayed, realistic_model(replay=exact), "en")
    told = said(section)
    assert not blocks(section, document.Figure)  # every group is all alike: nothing to draw
    assert "the model reproduces every one of the 2,800 decisions" in told
    assert "four explanations" not in told


def test_all_advice_reproduced_leaves_people_alone():
    advised = replace(replay(), advice_agreement=Estimate(1.0, 0.999, 1.0, 2800))
    told = said(only(replayed, realistic_model(replay=advised), "fr"))
    assert "le modèle les redonne tous" in told
    assert "ce sont donc des personnes qui ont décidé autrement" in told
    assert "quatre explications" not in told
    mostly = replace(replay(), advice_agreement=Estimate(0.99, 0.98, 0.995, 2800))
    told = said(only(replayed, realistic_model(replay=mostly), "fr"))
    assert "le modèle en redonne 99,0 %" in told
    assert "quatre explications" in told


def test_a_model_that_hardly_reproduces_is_doubted():
    low = replace(replay(), agreement=around(0.71, 0.02))
    notes = blocks(only(replayed, realistic_model(replay=low), "en"), document.Note)
    assert any(n.title == "This model may not be the one that decided" for n in notes)


def test_without_a_rule_only_scores_are_compared():
    none = replace(replay(), agreement=missing("rule_missing"), added=0, dropped=0, by_group=())
    told = said(only(replayed, realistic_model(replay=none), "fr"))
    assert "n’est pas connue : ni le modèle ni la déclaration ne donnent de règle" in told


# --- grid, importance ----------------------------------------------------------------------


def test_the_grid_holds_every_line(chapters):
    table = next(b for b in blocks(chapters["fr", "grid"], document.Table) if b.id == "model-lines")
    assert len(table.rows) == len(lines())
    by_line = {plain(row[1].text): row for row in table.rows}
    assert [plain(cell.text) for cell in by_line["« Bac+2 »"][2:]] == ["16", "730", "16,0", "33"]
    assert (
        "« test_metier », chaque unité (comptée jusqu’à 20, jamais moins de 0, jamais plus de 40)"
        in by_line
    )
    assert "« experience_annees », chaque unité (6 au départ, comptée de 1 à 3)" in by_line
    assert "« distance_km » non renseigné" in by_line
    assert "« diplome » : toute autre valeur" in by_line
    told = said(chapters["fr", "grid"])
    assert "331 décisions dépendent de la ligne « test_metier », chaque unité" in told
    assert "ne relève de cette ligne : « diplome » : toute autre valeur." in told


def test_paper_against_practice(chapters):
    told = said(chapters["en", "grid"])
    assert "“continuite” weighs more than is written: 24.8% of the differences" in told
    assert "“test” weighs" not in told  # 41.6% for 40%: too near to be said


def test_what_weighs_most_first(chapters):
    section = chapters["fr", "grid"]
    assert "« test » (41,6 %), « continuite » (24,8 %) et « diplome » (16,0 %)." in said(section)
    figure = next(f for f in blocks(section, document.Figure) if f.id == "model-importance-changed")
    order = [plain(row[0].text) for row in figure.data.rows]
    assert order == ["« test »", "« continuite »", "« diplome »", "« experience »", "« proximite »"]


def test_rounding_is_in_the_table_and_weighs_against_nobody():
    found = realistic_model()
    rounding = replace(
        found.importance[-1], criterion=ROUNDING, inputs=(), mean_absolute=around(0.02, 0.001),
        share=0.002, decisions_changed=around(0.0, 0.0), nominal=None,
    )  # fmt: skip
    section = only(importance_part, replace(found, importance=(rounding, *found.importance)), "fr")
    table = next(t for t in blocks(section, document.Table) if t.id == "model-importance-table")
    assert [cell.text for cell in table.rows[-1]][:2] == ["arrondi de la note", "–"]
    for figure in blocks(section, document.Figure):
        assert len(figure.data.rows) == 5
        assert "arrondi" not in figure.alternative


def test_each_figure_goes_from_the_most_to_the_least():
    found = realistic_model()
    last = replace(found.importance[-1], decisions_changed=around(0.4, 0.01))
    section = only(importance_part, replace(found, importance=(*found.importance[:-1], last)), "fr")
    changed, moved = (figure.data.rows for figure in blocks(section, document.Figure))
    assert plain(changed[0][0].text) == "« proximite »"
    assert plain(moved[0][0].text) == "« test »"


def test_without_a_rule_the_decisions_that_change_are_not_drawn():
    found = realistic_model()
    bare = tuple(replace(r, decisions_changed=missing("rule_missing")) for r in found.importance)
    section = only(importance_part, replace(found, importance=bare), "en")
    assert "model-importance-changed" not in {f.id for f in blocks(section, document.Figure)}
    assert "cannot be said: neither the model nor the declaration gives" in said(section)


# --- effects, monotony ---------------------------------------------------------------------


def test_at_most_eight_curves_are_drawn_and_all_are_told():
    one = effects()[0]
    many = tuple(replace(one, column=f"input_{k}", criterion=f"c{k}") for k in range(11))
    section = only(effects_part, realistic_model(effects=many), "fr")
    figure = next(f for f in blocks(section, document.Figure) if f.id == "model-effects-curves")
    rest = next(t for t in blocks(section, document.Table) if t.id == "model-effects-rest")
    drawn = {row[0].text for row in figure.data.rows}
    left = {row[0].text for row in rest.rows}
    assert len(drawn) == 8
    assert len(left) == 3
    assert not drawn & left


def test_categories_stand_on_one_scale_and_the_table_holds_all_levels():
    levels = tuple(
        replace(effects()[2].points[0], at=f"level {k}", people=100 - k, effect=float(k))
        for k in range(11)
    )
    many = (replace(effects()[2], points=levels), effects()[2])
    section = only(effects_part, realistic_model(effects=many), "fr")
    drawn = blocks(section, document.Figure)
    assert [figure.id for figure in drawn] == ["model-levels"]
    assert len(drawn[0].data.rows) == 11 + 5
    assert "level 7" in drawn[0].alternative
    assert "level 8" not in drawn[0].alternative
    assert any("Les 8 valeurs les plus fréquentes" in plain(note) for note in drawn[0].notes)


def test_without_a_weight_the_widest_curve_comes_first():
    narrow = replace(effects()[0], column="narrow", criterion="x", points=effects()[0].points[4:6])
    wide = replace(effects()[0], column="wide", criterion="y")
    section = only(effects_part, realistic_model(effects=(narrow, wide)), "en")
    items = next(b for b in section.blocks if isinstance(b, document.ListBlock)).items
    assert "wide" in items[0]
    assert "narrow" in items[1]


def test_a_grid_says_what_it_gives_however_few_are_there():
    few = tuple(replace(p, people=3, extrapolated=True) for p in effects()[0].points)
    curve = (replace(effects()[0], points=few),)
    told = said(only(effects_part, realistic_model(effects=curve), "fr"))
    assert "De 0 à 20, là où il y a des personnes, « test_metier » fait monter" in told
    told = said(only(effects_part, stand_in(effects=curve), "fr"))
    assert "Trop peu de personnes à chaque valeur de « test_metier »" in told


def test_one_value_has_no_curve(chapters):
    section = chapters["fr", "bare"]
    assert not blocks(section, document.Figure)
    assert "« test_metier » n’a qu’une valeur dans ce fichier" in said(section)


def test_a_contradicted_expectation_comes_first(chapters):
    against = monotony_against()
    part = next(p for p in chapters["fr", "grid"].sections if p.id == "model-monotony")
    note = next(b for b in part.blocks if isinstance(b, document.Note))
    assert note.kind == "caution"
    assert len(note.text) == len(against) == 2
    told = plain(note.text[1])
    assert told == (
        "Avoir plus de « experience_annees » devait compter en faveur de la personne. Pour 12,0 % "
        "des personnes, un pas de plus fait pourtant baisser la note. La plus forte perte : "
        "2,5 points de grille, en passant de 3 à 4."
    )
    kinds = [type(block) for block in part.blocks]
    assert kinds.index(document.Note) < kinds.index(document.ListBlock)


def test_expected_both_ways():
    up = next(row for row in realistic_model().monotonicity if row.column == "test_metier")
    assert not contradicted(up)
    assert contradicted(replace(up, lowered=0.01))
    assert contradicted(replace(up, expected="down"))
    assert not contradicted(replace(up, expected=None, lowered=0.5))


# --- rules, stability ----------------------------------------------------------------------


def test_rules_can_be_read_aloud(chapters):
    told = said(chapters["fr", "grid"])
    assert (
        "Si « test_metier » dépasse 11,5, « interruption_mois » ne dépasse pas 6,5 et « diplome » "
        "est « Bac+2 » ou « Bac+3 et plus » : réponse favorable. Personnes dans ce cas : 588, dont "
        "371 décisions favorables."
    ) in told
    assert "elles répondent comme le modèle dans 92,1 %" in told
    assert "elles répondent comme il a été décidé dans 92,1 %" in said(chapters["fr", "stand_in"])


def test_what_cannot_be_refitted_says_why(chapters):
    told = said(chapters["en", "grid"])
    assert "is not measured: this model is not learnt" in told
    assert "changes the answer in 8.8% (7.7 to 9.9%) of cases." in said(chapters["en", "stand_in"])
