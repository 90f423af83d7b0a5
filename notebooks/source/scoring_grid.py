# %% [markdown] lang="fr"
# # Lire une grille de points
#
# *Une demi-heure. Aucune connaissance statistique n’est nécessaire.*
#
# Beaucoup d’« algorithmes » de ressources humaines sont des grilles : des critères, des points, un
# total, les meilleurs sont retenus. Une grille peut se lire ligne à ligne, comme une convention
# collective. Trois questions suffisent :
#
# 1. Que dit-elle **sur le papier** ?
# 2. Que pèse-t-elle **en fait**, sur les personnes du fichier ?
# 3. **Qui** gagne et qui perd quand un poids change ?

# %% [markdown] lang="en"
# # Reading a scoring grid
#
# *Half an hour. No statistics needed.*
#
# Many "algorithms" of human resources are grids: criteria, points, a total, the best are taken. A
# grid can be read line by line, like a collective agreement. Three questions are enough:
#
# 1. What does it say **on paper**?
# 2. What does it weigh **in fact**, on the people of the file?
# 3. **Who** gains and who loses when a weight changes?

# %% tags=["parameters"]
seed = None  # a number draws other people with the same story

# %%
import os

import pandas as pd

from algo_audit import drawn_case, run_audit, say, show

case = drawn_case("recruitment", seed=seed)
grid = case.open_model()

# %% [markdown] lang="fr"
# ## 1. Sur le papier
#
# Une grille est un fichier texte. Celle-ci a cinq critères et vaut cent points.

# %% [markdown] lang="en"
# ## 1. On paper
#
# A grid is a text file. This one has five criteria and is worth a hundred points.

# %%
print(case.model.read_text(encoding="utf-8"))

# %%
paper = {one.key: one.paper_range() for one in grid.criteria}
pd.DataFrame(paper, index=["least", "most"]).T

# %% [markdown] lang="fr"
# Calculons un dossier à la main, puis demandons à la grille. Essayez d’abord sur une feuille !

# %% [markdown] lang="en"
# Let us work one application out by hand, then ask the grid. Try on a sheet of paper first!

# %%
from algo_audit.models.model_checks import check_model

decisions = case.read()
rows = check_model(grid, decisions, rule=case.rule).rows
person = 0
columns = [one.name for one in grid.inputs]
decisions.table.iloc[[person]][columns].T

# %%
points = pd.Series(grid.points(rows.values[[person]])[0], index=columns, name="points")
total = float(grid.score(rows.values[[person]])[0])
points

# %%
say(
    fr=f"La somme est de {points.sum():.1f} points ; la grille dit {total:.1f}.",
    en=f"The sum is {points.sum():.1f} points; the grid says {total:.1f}.",
)

# %% [markdown] lang="fr"
# ## 2. En fait
#
# Un critère « de 40 points » ne pèse 40 points que si les gens y diffèrent. Si tout le monde y a
# presque la même note, il ne départage personne. Comparons la part **sur le papier** et la part
# **dans les décisions**.

# %% [markdown] lang="en"
# ## 2. In fact
#
# A criterion "of 40 points" weighs 40 points only if people differ in it. If almost everybody gets
# the same mark, it decides between nobody. Let us compare the share **on paper** and the share **in
# the decisions**.

# %%
result = run_audit(case, decisions)
weights = pd.DataFrame(
    {
        one.criterion: {"on paper": one.nominal, "in fact": one.share}
        for one in result.model.importance
    }
).T.sort_values("in fact")
french = os.environ["ALGO_AUDIT_LANG"] == "fr"
words = {"on paper": "sur le papier", "in fact": "dans les faits"} if french else {}
chart = weights.rename(columns=words).plot.barh(
    color=["#dfe4ea", "#0f4c81"], edgecolor="#1c2430", figsize=(7, 3.4)
)
chart.set_xlim(0, 1)
chart.xaxis.set_major_formatter(
    lambda share, _: f"{100 * share:.0f} %" if french else f"{share:.0%}"
)
chart.spines[["top", "right"]].set_visible(False)

# %%
change = (weights["in fact"] - weights["on paper"]).sort_values()
more, less = change.index[-1], change.index[0]
say(
    fr=f"« {more} » pèse {100 * weights.loc[more, 'in fact']:.0f} % dans les faits contre "
    f"{100 * weights.loc[more, 'on paper']:.0f} % sur le papier ; « {less} » "
    f"{100 * weights.loc[less, 'in fact']:.0f} % contre {100 * weights.loc[less, 'on paper']:.0f} %.",
    en=f"“{more}” weighs {100 * weights.loc[more, 'in fact']:.0f}% in fact against "
    f"{100 * weights.loc[more, 'on paper']:.0f}% on paper; “{less}” "
    f"{100 * weights.loc[less, 'in fact']:.0f}% against {100 * weights.loc[less, 'on paper']:.0f}%.",
)

# %% [markdown] lang="fr"
# Le rapport contient la grille entière, avec le nombre de personnes sur chaque ligne :

# %% [markdown] lang="en"
# The report holds the whole grid, with how many people stand on each line:

# %%
show(result, "model-grid")

# %% [markdown] lang="fr"
# ## 3. Qui gagne, qui perd
#
# Changeons un poids : le test métier compte moitié moins. Les places ne changent pas.

# %% [markdown] lang="en"
# ## 3. Who gains, who loses
#
# Let us change a weight: the job test counts half as much. Places stay as they are.

# %%
from algo_audit.models.rule import decide


def taken(weights):
    """Who is recommended with these weights: as many as today in each vacancy."""
    scores = grid.with_weights(weights).score(rows.values)
    found = decide(case.rule, scores, pool=decisions.pool.codes, taken=decisions.outcome)
    return found.decision.astype(bool)


before, after = taken({}), taken({"test": 0.5})
by_group = pd.DataFrame(
    {
        (attribute, level): {
            "people": int((column.codes == place).sum()),
            "before": before[column.codes == place].mean(),
            "after": after[column.codes == place].mean(),
        }
        for attribute, column in decisions.protected.items()
        for place, level in enumerate(column.levels)
    }
).T
by_group["change in points"] = 100 * (by_group["after"] - by_group["before"])
by_group.round(3)

# %%
moved = int((after & ~before).sum())
say(
    fr=f"Sur {int(before.sum())} places, {moved} changent de titulaire : autant de personnes gagnent "
    "une place que d’autres en perdent une. Une grille se négocie en regardant les deux.",
    en=f"Of {int(before.sum())} places, {moved} change hands: as many people gain a place as others "
    "lose one. A grid is negotiated by looking at both.",
)

# %% [markdown] lang="fr"
# ## À vous
#
# Changez `{"test": 0.5}` plus haut, par exemple en `{"continuite": 0}` ou `{"proximite": 0,
# "experience": 2}`, et relancez les deux dernières cellules. Le carnet `levers` fait la même chose
# avec des curseurs. Pour écrire votre propre grille, voir `docs/scoring_grid.fr.md`.

# %% [markdown] lang="en"
# ## Your turn
#
# Change `{"test": 0.5}` above, for instance into `{"continuite": 0}` or `{"proximite": 0,
# "experience": 2}`, and run the last two cells again. The notebook `levers` does the same with
# sliders. To write a grid of your own, see `docs/scoring_grid.en.md`.
