# %% [markdown] lang="fr"
# # Mobilité interne : « à évaluation égale, il n’y a pas d’écart »
#
# *Une enquête, en une heure environ. Les personnes et l’employeur sont fictifs.*
#
# Les salariés à temps partiel obtiennent moins souvent les postes ouverts en interne. La direction a
# répondu : « Nous avons vérifié : à évaluation annuelle égale, l’écart disparaît. » Le syndicat demande :
# « Et l’évaluation, qui la donne ? »

# %% [markdown] lang="en"
# # Internal mobility: "at equal rating there is no gap"
#
# *An investigation of about an hour. The people and the employer are fictitious.*
#
# Part-timers obtain the posts opened inside less often. Management has answered: "We checked: at equal
# yearly rating, the gap disappears." The union asks: "And the rating, who gives it?"

# %% tags=["parameters"]
seed = None  # a number draws other people with the same story

# %%
import pandas as pd

from algo_audit import drawn_case, run_audit, say, show

case = drawn_case("mobility", seed=seed)
case

# %% [markdown] lang="fr"
# ## 1. Regarder
#
# Qui demande à bouger, et qui l’obtient, selon le temps de travail ?

# %% [markdown] lang="en"
# ## 1. Look
#
# Who asks to move, and who obtains it, by working time?

# %%
decisions = case.read()
table = decisions.table
accepted = table["decision"] == "Acceptée"
counts = accepted.groupby(table["temps_travail"]).agg(["size", "sum", "mean"])
counts.columns = ["requests", "accepted", "rate"]
counts

# %%
result = run_audit(case, decisions)
show(result, "essential")

# %% [markdown] lang="fr"
# ## 2. Vérifier ce que dit la direction
#
# Elle dit vrai : à évaluation égale, l’écart se réduit. Mais une autre comparaison est possible : à
# **objectifs** égaux. L’évaluation est un avis de la hiérarchie ; les objectifs sont un compte.

# %% [markdown] lang="en"
# ## 2. Check what management says
#
# It is true: at equal rating, the gap shrinks. But another comparison is possible: at equal
# **objectives**. The rating is an opinion of the hierarchy; the objectives are a count.

# %%
gaps = {one.stratum: one for one in result.strata if one.attribute == "temps_travail"}
pd.DataFrame(
    {
        name: {
            "raw gap": 100 * gap.raw_difference.value,
            "like with like": 100 * gap.adjusted_difference.value,
            "from": 100 * gap.adjusted_difference.low,
            "to": 100 * gap.adjusted_difference.high,
        }
        for name, gap in gaps.items()
    }
).T.round(1)

# %%
by_rating = 100 * gaps["evaluation"].adjusted_difference.value
by_count = 100 * gaps["objectifs"].adjusted_difference.value
raw = 100 * gaps["evaluation"].raw_difference.value
differ = abs(by_rating) < abs(by_count)
say(
    fr=f"L’écart brut est de {raw:+.1f} points. À évaluation égale, il est de {by_rating:+.1f} points ; à "
    f"objectifs égaux, de {by_count:+.1f} points. "
    + (
        "Les deux contrôles ne disent pas la même chose : celui qui efface l’écart est peut-être celui qui le porte."
        if differ
        else "Dans ce fichier, les deux contrôles ne se départagent pas ainsi."
    ),
    en=f"The raw gap is {raw:+.1f} points. At equal rating it is {by_rating:+.1f} points; at equal "
    f"objectives, {by_count:+.1f} points. "
    + (
        "The two controls do not say the same: the one that wipes the gap out may be the one that carries it."
        if differ
        else "In this file the two controls do not part in that way."
    ),
)

# %% [markdown] lang="fr"
# ## 3. L’évaluation est-elle la même pour tous, à objectifs égaux ?
#
# Dans chaque niveau d’objectifs, quelle part des personnes reçoit une bonne évaluation (A ou B) ?

# %% [markdown] lang="en"
# ## 3. Is the rating the same for all, at equal objectives?
#
# At each level of objectives, which share of people gets a good rating (A or B)?

# %%
told = table[
    table["temps_travail"].isin(["Temps plein", "Temps partiel"])
    & (table["evaluation"] != "")
    & (table["objectifs"] != "")
]
good = told["evaluation"].isin(["A", "B"])
ratings = good.groupby([told["objectifs"], told["temps_travail"]]).agg(["mean", "size"]).unstack()
ratings.round(2)

# %%
gap = (ratings["mean"]["Temps partiel"] - ratings["mean"]["Temps plein"]).dropna()
lower = int((gap < 0).sum())
say(
    fr=f"À objectifs égaux, les personnes à temps partiel reçoivent moins souvent un A ou un B dans {lower} "
    f"niveau(x) sur {len(gap)} ; l’écart moyen est de {100 * gap.mean():+.0f} points. Contrôler par "
    "l’évaluation revient alors à comparer des personnes déjà jugées différemment.",
    en=f"At equal objectives part-timers get an A or a B less often at {lower} of {len(gap)} levels; the mean "
    f"gap is {100 * gap.mean():+.0f} points. To control by the rating then means to compare people who "
    "have been judged differently already.",
)

# %% [markdown] lang="fr"
# ## 4. Une autre piste : les congés longs
#
# La grille compte la « présence récente ». Par quels critères l’écart entre femmes et hommes passe-t-il,
# et où naît-il ?

# %% [markdown] lang="en"
# ## 4. Another lead: long leaves
#
# The grid counts "recent presence". Through which criteria does the gap between women and men pass, and
# where is it born?

# %%
passed = next(
    one
    for one in result.model.gaps
    if (one.attribute, one.group, one.target, one.background) == ("sexe", "F", "score", "pooled")
)
passed

# %%
next(one for one in result.model.staircases if (one.attribute, one.group) == ("sexe", "F"))

# %% [markdown] lang="fr"
# ## 5. Ce qui ne se voit qu’en croisant
#
# Une commission qui suit l’avis du système presque toujours peut encore s’en écarter pour les mêmes
# personnes. Le rapport cherche dans tous les croisements ; ce qu’il y trouve est une **piste**.

# %% [markdown] lang="en"
# ## 5. What shows only when one crosses
#
# A panel that nearly always follows the system may still depart from it for the same people. The report
# looks into every crossing; what it finds there is a **lead**.

# %%
leads = [
    row
    for row in result.comparisons
    if row.verdict == "lead" and "×" in row.attribute and row.measure == "selection_rate"
]
show(leads) if leads else say(
    fr="Aucune piste dans les croisements de ce fichier.",
    en="No lead in the crossings of this file.",
)

# %% [markdown] lang="fr"
# ## 6. Essayer : la grille sans l’évaluation, ou sans la présence

# %% [markdown] lang="en"
# ## 6. Try: the grid without the rating, or without presence

# %%
from algo_audit.models.model_checks import check_model
from algo_audit.models.rule import decide

grid = case.open_model()
rows = check_model(grid, decisions, rule=case.rule).rows


def share(weights, attribute, level):
    """Share recommended in one group with these weights, places unchanged."""
    scores = grid.with_weights(weights).score(rows.values)
    made = decide(case.rule, scores, pool=decisions.pool.codes, taken=decisions.outcome).decision
    column = decisions.protected[attribute]
    return 100 * made[column.codes == column.levels.index(level)].mean()


settings = {
    "today": {},
    "without rating": {"evaluation": 0.0},
    "without presence": {"continuite": 0.0},
}
groups = [
    ("temps_travail", "Temps partiel"), ("temps_travail", "Temps plein"), ("sexe", "F"), ("sexe", "H"),
]  # fmt: skip
tried = pd.DataFrame(
    {
        name: {level: share(weights, attribute, level) for attribute, level in groups}
        for name, weights in settings.items()
    }
)
tried.round(1)

# %%
before = tried.loc["Temps partiel", "today"] - tried.loc["Temps plein", "today"]
after = tried.loc["Temps partiel", "without rating"] - tried.loc["Temps plein", "without rating"]
say(
    fr=f"Dans les recommandations, l’écart entre temps partiel et temps plein passe de {before:+.1f} à "
    f"{after:+.1f} points quand l’évaluation n’est plus comptée. Ce n’est pas gratuit : l’évaluation dit "
    "peut-être aussi quelque chose du travail. C’est ce compromis qui se négocie.",
    en=f"In the recommendations the gap between part-time and full-time goes from {before:+.1f} to "
    f"{after:+.1f} points when the rating is no longer counted. It is not free: the rating may also say "
    "something about the work. That trade-off is what is negotiated.",
)

# %% [markdown] lang="fr"
# ## 7. Ce qui peut être proposé
#
# | Constat | Question à poser | Ce qui peut être négocié |
# |---|---|---|
# | Le contrôle efface l’écart | Qui évalue, sur quoi, avec quelle harmonisation ? | Les deux lectures dans tout rapport ; des facteurs d’ajustement convenus d’avance (C07) |
# | La présence compte les congés longs | Quel lien avec le poste visé ? | Retirer le critère, ou exclure les congés protégés (C01, C04) |
# | Des refus d’avis se concentrent | Sont-ils motivés ? | Motivation écrite, suivi par croisement (C08, C12) |
# | Un groupe trop petit | Combien d’années réunir ? | Revoyure datée (C15) |

# %% [markdown] lang="en"
# ## 7. What can be proposed
#
# | Finding | Question to ask | What can be negotiated |
# |---|---|---|
# | The control wipes the gap out | Who rates, on what, and how are ratings made alike? | Both readings in every report; factors of adjustment agreed beforehand (C07) |
# | Presence counts long leaves | What has it to do with the post asked for? | Take the criterion out, or leave protected leaves aside (C01, C04) |
# | Departures from the advice gather | Are reasons given? | Written reasons, follow-up by crossing (C08, C12) |
# | A group too small | How many years have to be pooled? | A dated review (C15) |
