# %% [markdown] lang="fr"
# # Formation : qui a déjà été formé sera formé
#
# *Une enquête, en une heure environ. Les personnes et l’employeur sont fictifs.*
#
# L’employeur écrit : « Le budget est limité. L’outil donne les places à celles et ceux qui en tireront
# le plus. » La question des élus : « Qui en tire le plus, selon qui, et qui n’y a jamais accès ? »

# %% [markdown] lang="en"
# # Training: whoever has been trained will be trained
#
# *An investigation of about an hour. The people and the employer are fictitious.*
#
# The employer writes: "The budget is limited. The tool gives the places to those who will gain most
# from them." The representatives ask: "Who gains most, according to whom, and who never gets in?"

# %% tags=["parameters"]
seed = None  # a number draws other people with the same story

# %%
import pandas as pd

from algo_audit import drawn_case, run_audit, say, show

case = drawn_case("training", seed=seed)
decisions = case.read()
case

# %% [markdown] lang="fr"
# ## 1. Regarder

# %% [markdown] lang="en"
# ## 1. Look

# %%
result = run_audit(case, decisions)
show(result, "essential")

# %% [markdown] lang="fr"
# ## 2. Une boucle
#
# L’optimiseur regarde les cours **déjà suivis**. Comparons les qualifications toutes ensemble, puis entre
# personnes qui ont suivi autant de cours.

# %% [markdown] lang="en"
# ## 2. A loop
#
# The optimiser looks at courses **already followed**. Let us compare qualifications all together, then
# among people who followed as many courses.

# %%
loops = [
    one for one in result.strata if (one.attribute, one.stratum) == ("qualification", "deja_forme")
]
pd.DataFrame(
    {
        one.group: {
            "raw gap": 100 * one.raw_difference.value,
            "as many past courses": 100 * one.adjusted_difference.value,
        }
        for one in loops
        if one.raw_difference is not None and one.adjusted_difference is not None
    }
).T.round(1)

# %%
table = decisions.table
past = pd.to_numeric(table["formations_3_ans"].str.replace(",", "."), errors="coerce")
placed = table["decision"] == "Place attribuée"
by_past = placed.groupby(past.clip(upper=4)).agg(["size", "mean"])
none, several = by_past["mean"].iloc[0], by_past["mean"].iloc[-1]
say(
    fr=f"Sans formation depuis trois ans, {100 * none:.0f} % des demandes obtiennent une place ; avec quatre ou "
    f"plus, {100 * several:.0f} %. Qui n’a pas eu de place cette année aura moins de points l’an prochain : "
    + (
        "l’écart se nourrit de lui-même."
        if several > none
        else "dans ce fichier, l’effet ne se voit pas."
    ),
    en=f"Without any course in three years {100 * none:.0f}% of requests get a place; with four or more, "
    f"{100 * several:.0f}%. Whoever got no place this year has fewer points next year: "
    + ("the gap feeds on itself." if several > none else "in this file the effect does not show."),
)

# %% [markdown] lang="fr"
# ## 3. Un critère qui dit l’âge
#
# « Années d’utilisation avant 64 ans » : c’est l’âge, écrit autrement. Par quoi passe l’écart des 50 ans
# et plus, et apprennent-ils moins ?

# %% [markdown] lang="en"
# ## 3. A criterion that tells the age
#
# "Years of use before 64": that is age, written otherwise. Through what does the gap of people of 50 and
# over pass, and do they learn less?

# %%
gap = next(
    one
    for one in result.model.gaps
    if (one.attribute, one.group, one.target, one.background) == ("age", "50+", "score", "pooled")
)
gap

# %%
ages = pd.to_numeric(table["age"], errors="coerce")
known = placed & table["acquis_6_mois"].isin(["Constaté", "Non constaté"])
seen = table["acquis_6_mois"] == "Constaté"
older, younger = seen[known & (ages >= 50)], seen[known & (ages < 50)]
say(
    fr=f"Parmi les personnes formées, l’acquis est constaté pour {100 * older.mean():.0f} % des {len(older)} de "
    f"50 ans et plus et {100 * younger.mean():.0f} % des {len(younger)} plus jeunes. Attention : on ne le sait "
    "que pour qui a été choisi, et les plus âgés ont dû avoir plus de points ailleurs pour l’être.",
    en=f"Among people trained the skill is seen for {100 * older.mean():.0f}% of the {len(older)} of 50 and over "
    f"and {100 * younger.mean():.0f}% of the {len(younger)} younger ones. Beware: it is known only for those "
    "chosen, and older people had to have more points elsewhere to be so.",
)

# %% [markdown] lang="fr"
# ## 4. « L’outil prédit bien »
#
# Vraiment ? Comparons avec d’autres façons de remplir les mêmes places.

# %% [markdown] lang="en"
# ## 4. "The tool predicts well"
#
# Does it? Let us compare with other ways to fill the same places.

# %%
show(result, "drivers-worth")

# %% [markdown] lang="fr"
# ## 5. Essayer : partager autrement
#
# Mêmes sessions, mêmes places. Que change le retrait des années d’utilisation, des cours déjà suivis, ou
# de la disponibilité ?

# %% [markdown] lang="en"
# ## 5. Try: share out otherwise
#
# Same sessions, same places. What changes without years of use, without past courses, or without
# availability?

# %%
from algo_audit.models.model_checks import check_model
from algo_audit.models.rule import decide

grid = case.open_model()
rows = check_model(grid, decisions, rule=case.rule).rows


def share(weights, attribute, level):
    """Share given a place in one group with these weights."""
    scores = grid.with_weights(weights).score(rows.values)
    made = decide(case.rule, scores, pool=decisions.pool.codes, taken=decisions.outcome).decision
    column = decisions.protected[attribute]
    return 100 * made[column.codes == column.levels.index(level)].mean()


settings = {
    "today": {},
    "without years of use": {"duree": 0.0},
    "without past courses": {"parcours": 0.0},
    "without availability": {"disponibilite": 0.0},
}
groups = [
    (name, level) for name in ("age", "qualification", "temps_travail")
    for level in decisions.protected[name].levels
]  # fmt: skip
tried = pd.DataFrame(
    {key: {level: share(w, name, level) for name, level in groups} for key, w in settings.items()}
)
tried.round(1)

# %%
before, after = tried.loc["50+", "today"], tried.loc["50+", "without years of use"]
say(
    fr=f"Sans les années d’utilisation, les 50 ans et plus passent de {before:.1f} % à {after:.1f} % de demandes "
    "satisfaites. Les places sont les mêmes : d’autres en ont moins. Qui, et est-ce ce que les parties veulent ?",
    en=f"Without years of use, people of 50 and over go from {before:.1f}% to {after:.1f}% of requests granted. "
    "Places are the same: others get fewer. Who, and is that what the parties want?",
)

# %% [markdown] lang="fr"
# ## 6. Ce qui peut être proposé
#
# | Constat | Question à poser | Ce qui peut être négocié |
# |---|---|---|
# | Les cours passés amènent les cours | Une part des places pour qui n’en a pas eu ? | Écart d’accès plafonné (C19), places réservées |
# | Un critère dit l’âge | À quoi sert-il, que perd-on sans lui ? | Le retirer (C01, C02, C04) |
# | La disponibilité dépend de l’horaire | Qui libère des jours ? | Sessions à d’autres heures plutôt qu’un critère |
# | L’acquis n’est connu que des formés | Comment le savoir pour les autres ? | Une part de places tirées au sort, évaluée (C13, C15) |

# %% [markdown] lang="en"
# ## 6. What can be proposed
#
# | Finding | Question to ask | What can be negotiated |
# |---|---|---|
# | Past courses bring courses | A share of places for those who had none? | A cap on the access gap (C19), places kept |
# | A criterion tells the age | What is it for, what is lost without it? | Take it out (C01, C02, C04) |
# | Availability depends on the schedule | Who frees days? | Sessions at other hours rather than a criterion |
# | The skill is known for those trained only | How to know it for others? | A share of places drawn by lot, and evaluated (C13, C15) |
