"""What makes the gap, and where it is born: the tree, the sentences, both languages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from algo_audit.explain.gap import POOLS, GapPart
from algo_audit.report import document
from algo_audit.report.building import build_report, walk

from .document_texts import texts_of
from .realistic import realistic_result
from .realistic_model import (
    around,
    bare_model,
    gaps,
    proxies,
    realistic_model,
    recourse,
    staircases,
    stand_in,
    with_model,
    worth,
)
from .test_language import ENGLISH, FRENCH, VERDICT_WORDS, unquoted

SECTIONS = ["drivers-gap", "drivers-birth", "drivers-proxies", "drivers-worth", "drivers-recourse"]


def plain(text: str) -> str:
    return re.sub(r"[\u00a0\u202f]", " ", text)


@pytest.fixture(scope="module")
def made():
    return {
        (language, kind): build_report(with_model(model), language, audience="full")
        for language in ("fr", "en")
        for kind, model in (("model", realistic_model()), ("stand_in", stand_in()))
    }


def said(made_document, place: str) -> list[str]:
    return [plain(text) for at, text in texts_of(made_document) if at == place]


def chapter(made_document) -> document.Section:
    return next(section for section in made_document.sections if section.id == "drivers")


def test_the_sections_in_their_order(made):
    for one in made.values():
        found = chapter(one)
        assert [section.id for section in found.sections] == SECTIONS
        assert [section.number for section in found.sections] == [
            f"{found.number}.{place}" for place in range(1, 6)
        ]


def test_no_chapter_without_matter():
    assert all(
        section.id != "drivers" for section in build_report(realistic_result(), "fr").sections
    )
    bare = build_report(with_model(bare_model()), "fr")
    assert all(section.id != "drivers" for section in bare.sections)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "fr",
            (
                "Selon « sex », le groupe « F » a en moyenne 4,7 points de note de moins que le groupe "
                "« M ». L’écart passe par « continuite » pour 3,1, par « experience » pour 0,9 et par "
                "« test » pour 0,7. Il est réduit de 0,6 par « diplome »."
            ),
        ),
        (
            "en",
            (
                "By “sex”, in the decisions that follow from the score, the rate of group “F” is 6.2 "
                "points below that of group “M”. The gap passes through “continuite” for 4.1, through "
                "“experience” for 1.2 and through “test” for 1.0. It is narrowed by 0.8 through “diplome”."
            ),
        ),
    ],
)
def test_the_gap_in_plain_words(made, language, words):
    assert words in said(made[language, "model"], "drivers-gap")


def test_parts_within_the_gap_are_counted_as_of_it():
    """Where nothing pulls the other way: of the 4 points, 3 pass through one criterion."""
    one = gaps()[0]
    parts = tuple(GapPart(key, around(v, 0.1)) for key, v in (("continuite", -3.0), ("test", -1.0)))
    model = realistic_model(gaps=(replace(one, parts=parts, gap=around(-4.0, 0.3)),))
    english = build_report(with_model(model), "en", audience="full")
    assert (
        "By “sex”, group “F” has on average 4.0 points of score less than group “M”. Of these, 3.0 "
        "pass through “continuite” and 1.0 through “test”."
    ) in said(english, "drivers-gap")


def test_a_gap_that_chance_could_make_is_not_shared_out():
    score, rate = (next(r for r in gaps() if r.target == t) for t in ("score", "selection_rate"))
    open_one = replace(score, gap=around(-0.4, 0.9), parts=score.parts[:1])
    french = build_report(with_model(realistic_model(gaps=(open_one, rate))), "fr", audience="full")
    text = " ".join(said(french, "drivers-gap"))
    assert "Les écarts suivants ne se distinguent pas du hasard." in text
    assert "« F » face à « M », note moyenne : −0,4 point de note (de −1,3 à +0,5)." in text
    french = build_report(with_model(realistic_model(gaps=(open_one,))), "fr", audience="full")
    text = " ".join(said(french, "drivers-gap"))
    assert "Pour « sex » : « F » face à « M », aucun écart ne se distingue du hasard." in text
    assert "passe par" not in text
    section = next(s for s in walk(french.sections) if s.id == "drivers-gap")
    assert not [block for block in section.blocks if isinstance(block, document.Figure)]


def test_parts_that_cancel_out_inside_a_small_gap_are_told():
    """Women lose by a criterion what they gain by applying where the cut-off is lower."""
    one = next(
        row for row in gaps() if (row.target, row.background) == ("selection_rate", "pooled")
    )
    values = (("continuite", -0.046), (POOLS, 0.043), ("test", -0.002))
    parts = tuple(GapPart(key, around(value, 0.005)) for key, value in values)
    gap = around(-0.005, 0.02)
    rows = tuple(replace(one, parts=parts, gap=gap, background=b) for b in ("pooled", "reference"))
    french = build_report(with_model(realistic_model(gaps=rows)), "fr", audience="full")
    text = " ".join(said(french, "drivers-gap"))
    assert (
        "Deux parts s’y compensent : le groupe « F » perd 4,6 par « continuite » et gagne 4,3 par les "
        "viviers (seuils différents)." in text
    )
    assert "Chaque vivier a son propre seuil, tenu fixe." in text
    assert "pools" not in text
    section = next(s for s in walk(french.sections) if s.id == "drivers-gap")
    assert any(isinstance(block, document.Figure) for block in section.blocks)


def test_a_part_that_only_decisions_have_stands_in_the_table():
    """Scores know no pools: a table that followed their parts did not sum for the decisions."""
    score = next(row for row in gaps() if (row.target, row.background) == ("score", "pooled"))
    parts = (GapPart("continuite", around(-0.046, 0.005)), GapPart(POOLS, around(-0.02, 0.005)))
    rate = replace(score, target="selection_rate", parts=parts, gap=around(-0.066, 0.01))
    made = build_report(with_model(realistic_model(gaps=(score, rate))), "en", audience="full")
    section = next(s for s in walk(made.sections) if s.id == "drivers-gap")
    table = next(block for block in section.blocks if isinstance(block, document.Table))
    for column in (1, 2):
        values = [row[column].value or 0.0 for row in table.rows]
        assert sum(values[:-1]) == pytest.approx(values[-1])
    assert "the pools (different cut-offs)" in [row[0].text for row in table.rows]


def test_gaps_that_chance_could_make_share_one_short_table():
    one = replace(gaps()[0], gap=around(-0.4, 0.9), parts=gaps()[0].parts[:1])
    rows = tuple(replace(one, group=group) for group in ("F", "X"))
    english = build_report(with_model(realistic_model(gaps=rows)), "en", audience="full")
    section = next(s for s in walk(english.sections) if s.id == "drivers-gap")
    tables = [block for block in section.blocks if isinstance(block, document.Table)]
    assert [table.id for table in tables] == ["drivers-gap-others"]
    assert len(tables[0].rows) == 2


def test_groups_without_a_sure_step_are_named_together():
    one = staircases()[0]
    steps = tuple(replace(s, value=around(0.001, 0.05)) for s in one.steps)
    quiet = replace(one, steps=steps, raw=around(0.004, 0.05), group="X")
    model = realistic_model(staircases=(one, quiet))
    french = build_report(with_model(model), "fr", audience="full")
    assert (
        "Pour « sex » : « X » face à « M », ni l’écart ni aucune marche ne se distingue du hasard."
        in said(french, "drivers-birth")
    )
    section = next(s for s in walk(french.sections) if s.id == "drivers-birth")
    assert sum(isinstance(block, document.Figure) for block in section.blocks) == 1


def test_groups_that_the_inputs_do_not_betray_are_named_together():
    first = proxies()[0]
    dull = [replace(first, group=g, auc=around(v, 0.02), alert=False) for g, v in (("a", 0.5), ("b", 0.46), ("c", 0.51))]  # fmt: skip
    english = build_report(with_model(realistic_model(proxies=tuple(dull))), "en", audience="full")
    text = " ".join(said(english, "drivers-proxies"))
    assert "the inputs hardly beat chance: 46 to 51 pairs out of 100." in text
    assert "out of 100 pairs of a person" not in text
    lone = build_report(with_model(realistic_model(proxies=(dull[2],))), "en", audience="full")
    assert "hardly beat chance: 51 pairs out of 100." in " ".join(said(lone, "drivers-proxies"))


def test_steps_that_cancel_out_are_both_told():
    """Who is in which pool can hide what the cut-off does."""
    one = staircases()[0]
    values = (0.036, 0.0, -0.042, -0.010)
    steps = tuple(
        replace(s, value=around(v, 0.005)) for s, v in zip(one.steps, values, strict=True)
    )
    model = realistic_model(staircases=(replace(one, steps=steps, raw=around(-0.016, 0.02)),))
    english = said(build_report(with_model(model), "en", audience="full"), "drivers-birth")
    assert (
        "By “sex”, between group “F” and group “M”, the decisions differ by −1.6 points (−3.6 to +0.4 "
        "points). The largest stair is “The cut-off”: −4.2 points. Who can act: those who set the "
        "cut-off or the number of places. The other way, “Who is in which pool”: +3.6 points."
    ) in english


def test_it_says_that_the_order_depends_and_never_why(made):
    for language, order, never in (
        (
            "fr",
            "les trois premiers critères changent de place",
            "Elles ne disent pas d’où viennent",
        ),
        ("en", "the first three criteria change place", "They do not say where the differences"),
    ):
        texts = " ".join(said(made[language, "model"], "drivers-gap"))
        assert order in texts
        assert never in texts
        assert not re.search(r"\b(caus(e|es|ed|er)|due to|because of|à cause)\b", texts)


def test_both_backgrounds_stand_in_one_table(made):
    section = next(s for s in walk(made["en", "model"].sections) if s.id == "drivers-gap")
    tables = [block for block in section.blocks if isinstance(block, document.Table)]
    first = tables[0]
    assert len(first.columns) == 5
    assert first.rows[-1][0].text == "Gap in all"
    for column in range(1, 5):
        values = [row[column].value for row in first.rows]
        assert sum(values[:-1]) == pytest.approx(values[-1])


def test_the_staircase_names_who_can_act(made):
    french = " ".join(said(made["fr", "model"], "drivers-birth"))
    assert "La plus grande marche est « Qui est dans quel vivier » : −4,6 points." in french
    assert "Qui peut agir : l’employeur (offres, lieux, orientation des candidatures)." in french
    assert "Un autre ordre partagerait le même écart autrement." in french
    english = " ".join(said(made["en", "model"], "drivers-birth"))
    assert "Another order would share out the same gap otherwise." in english


def test_the_steps_of_the_figure_end_at_the_gap(made):
    section = next(s for s in walk(made["fr", "model"].sections) if s.id == "drivers-birth")
    figure = next(block for block in section.blocks if isinstance(block, document.Figure))
    values = [row[1].value for row in figure.data.rows]
    assert sum(values[:-1]) == pytest.approx(values[-1])
    assert all(row[2].text for row in figure.data.rows)


def test_proxies_as_pairs_out_of_a_hundred(made):
    french = " ".join(said(made["fr", "model"], "drivers-proxies"))
    assert (
        "sur 100 paires formées d’une personne du groupe « F » et d’une autre, les données désignent "
        "la bonne dans 71 (entre 69 et 73). Le hasard en donnerait 50. À lui seul, « continuite » "
        "suffit pour 69." in french
    )
    assert "Ce n’est pas une règle de droit" in french
    assert "AUC" not in french


def test_two_groups_that_are_opposites_are_told_once():
    two = (proxies()[0], replace(proxies()[0], group="M"))
    english = build_report(with_model(realistic_model(proxies=two)), "en", audience="full")
    pairs = [
        text for text in said(english, "drivers-proxies") if text.startswith("By “sex”, out of")
    ]
    assert len(pairs) == 1
    assert "group “F”" in pairs[0]


def test_what_the_score_is_worth(made):
    english = " ".join(said(made["en", "model"], "drivers-worth"))
    assert "Among the 480 people selected whose later result is known" in english
    assert "This is called range restriction." in english
    assert "unknown: what came later is known for those selected only" in english
    assert "A score as precise for each does not show equal treatment" in english
    assert "the system is not shown to add anything" in english


def test_without_labels_the_worth_is_unknown():
    none = replace(worth(), coverage="none", label=None, associations=(), gains=(), restricted=None)
    french = build_report(with_model(realistic_model(worth=none)), "fr", audience="full")
    text = " ".join(said(french, "drivers-worth"))
    assert (
        "Ce que vaut la note est inconnu : le fichier ne dit pas ce que les personnes sont devenues"
        in text
    )


def test_a_score_no_better_than_a_coin_toss():
    first = replace(worth().associations[0], auc=around(0.53, 0.06, 480))
    flat = replace(worth(), associations=(first,))
    english = build_report(with_model(realistic_model(worth=flat)), "en", audience="full")
    assert "That cannot be told from a coin toss" in " ".join(said(english, "drivers-worth"))


def test_who_could_have_done_something(made):
    french = said(made["fr", "model"], "drivers-recourse")
    assert (
        "Sur 2 228 personnes que la note conduit à refuser, la part qui avait au moins un moyen est "
        "de 41,8 % (de 37,8 à 45,8 %)." in french
    )
    assert "tous les changements permis ensemble ne suffisent pas" in french


def test_nobody_had_a_way_because_nothing_may_change():
    overview = recourse()
    everyone = replace(overview.groups[0], with_way=replace(overview.groups[0].with_way, value=None, missing_reason="nothing_actionable"))  # fmt: skip
    model = realistic_model(recourse=replace(overview, groups=(everyone,), changes=(), reasons=()))
    english = build_report(with_model(model), "en", audience="full")
    assert "no input was declared as something people can change" in " ".join(
        said(english, "drivers-recourse")
    )


@pytest.mark.parametrize("language", ["fr", "en"])
def test_every_sentence_of_a_stand_in_repeats_its_fidelity(made, language):
    """Each item of a list and each paragraph with a figure of the stand-in says how far to trust it."""
    tail = {
        "fr": ("Selon le modèle de remplacement, qui décide de même dans 87,4 % des cas", "Selon le modèle de remplacement (87,4 %)"),
        "en": ("According to the stand-in, which decides alike in 87.4% of cases", "According to the stand-in (87.4%)"),
    }[language]  # fmt: skip
    told = 0
    for section in chapter(made[language, "stand_in"]).sections:
        if section.id == "drivers-proxies":
            continue  # drawn from the inputs, not from the stand-in
        for block in section.blocks:
            if isinstance(block, document.ListBlock):
                for place, item in enumerate(block.items):
                    assert plain(item).startswith(tail[min(place, 1)]), (section.id, item)
                    told += 1
            elif isinstance(block, (document.Table, document.Figure)):
                assert any("87" in note for note in block.notes), block.id
    assert told >= 6
    assert all(
        tail[0] not in plain(text)
        for place, text in texts_of(made[language, "model"])
        if place.startswith("drivers")
    )


def test_no_english_in_french_nor_french_in_english(made):
    for (language, _), one in made.items():
        foreign = ENGLISH if language == "fr" else FRENCH
        for place, text in texts_of(one):
            if place.startswith("drivers"):
                assert not re.search(foreign, unquoted(text), re.IGNORECASE), (place, text)


def test_marks_and_verdict_words(made):
    for (language, _), one in made.items():
        for place, text in texts_of(one):
            if not place.startswith("drivers"):
                continue
            assert not re.search(VERDICT_WORDS, text, re.IGNORECASE), (place, text)
            assert not re.search(r"[{}]|\bNone\b|\bnan\b|\binf\b|  ", text), (place, text)
            assert "'" not in text
            if language == "fr":
                assert not re.search(r" [;:!?%»]", text), (place, text)
                assert not re.search(r"[^\u202f\s][;!?]", text), (place, text)
                assert not re.search(r"\d\.\d", unquoted(text)), (place, text)
            else:
                assert not re.search(r"[\u202f«]", text), (place, text)


def test_figures_have_alternatives_and_data(made):
    for one in made.values():
        for section in chapter(one).sections:
            for block in section.blocks:
                if isinstance(block, document.Figure):
                    assert len(block.alternative) > len(block.caption)
                    assert block.data.rows
                    assert block.notes
                    assert block.svg.startswith("<svg")
