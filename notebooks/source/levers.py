# %% [markdown] lang="fr"
# # Bouger les leviers
#
# *Pour une démonstration en salle : chacun dit ce qui va se passer, puis on bouge le curseur.*
#
# Que peut-on négocier dans une grille ? Les **poids** des critères, les **données** qu’elle a le droit
# de regarder, et le nombre de **places**. Chaque réglage fait des gagnants et des perdants : les voici,
# tout de suite.

# %% [markdown] lang="en"
# # Move the levers
#
# *For a live demonstration: everybody says what will happen, then somebody moves the slider.*
#
# What can be negotiated in a grid? The **weights** of the criteria, the **data** that it may look at,
# and the number of **places**. Each setting makes winners and losers: here they are, at once.

# %% tags=["parameters"]
seed = None  # a number draws other people with the same story

# %%
import os

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.ticker import MaxNLocator

from algo_audit import drawn_case, say
from algo_audit.models.model_checks import check_model
from algo_audit.models.rule import decide

case = drawn_case("recruitment", seed=seed)
decisions = case.read()
grid = case.open_model()
rows = check_model(grid, decisions, rule=case.rule).rows
pool = decisions.pool.codes
today = np.bincount(pool[pool >= 0], weights=decisions.outcome[pool >= 0])
good = decisions.label  # 1 good later result, 0 not, -1 unknown

# %% [markdown] lang="fr"
# ## Ce que fait un réglage
#
# Une fonction suffit : elle refait le total, puis donne les places aux meilleurs de chaque offre.

# %% [markdown] lang="en"
# ## What a setting does
#
# One function is enough: it works the total out again, then gives the places to the best of each
# vacancy.


# %%
def taken(weights, places=1.0):
    """Who is recommended with these weights and this share of today's places (at least one)."""
    scores = grid.with_weights(weights).score(rows.values)
    wanted = np.maximum(1, np.round(today * places)).astype(int)
    order = np.lexsort((-scores, pool))
    sizes = np.bincount(pool, minlength=len(wanted))
    rank = np.empty(len(pool), dtype=int)
    rank[order] = np.arange(len(pool)) - (np.cumsum(sizes) - sizes)[pool[order]]
    return rank < wanted[pool]


def rates(chosen):
    """Share recommended in each group, in percent."""
    return {
        f"{attribute} · {level}": 100 * chosen[column.codes == place].mean()
        for attribute, column in decisions.protected.items()
        for place, level in enumerate(column.levels)
        if (column.codes == place).sum() >= 20
    }


reference = taken({})
known_rule = decide(case.rule, grid.score(rows.values), pool=pool, taken=decisions.outcome)
assert (reference == known_rule.decision.astype(bool)).mean() > 0.99  # the same rule as the model's

# %% [markdown] lang="fr"
# ## Les curseurs
#
# En pour cent d’aujourd’hui. Poids 0 : la donnée n’est plus regardée. Poids 200 : elle compte double.
# (Le code de la cellule suivante est replié : un clic sur les points le montre.)

# %% [markdown] lang="en"
# ## The sliders
#
# In percent of today. Weight 0: the input is no longer looked at. Weight 200: it counts twice. (The code
# of the next cell is folded: a click on the dots shows it.)

# %% jupyter={"source_hidden": true}
LANGUAGE = os.environ["ALGO_AUDIT_LANG"]
WORDS = {
    "fr": {"now": "aujourd’hui", "then": "avec ce réglage", "axis": "recommandés, en %"},
    "en": {"now": "today", "then": "with this setting", "axis": "recommended, in %"},
}[LANGUAGE]


def draw(places=100, **weights):
    """Today's rates beside those of the setting, given in percent of today's."""
    chosen = taken({key: weight / 100 for key, weight in weights.items()}, places / 100)
    before, after = rates(reference), rates(chosen)
    names = list(before)[::-1]
    _, axes = plt.subplots(figsize=(6.5, 0.42 * len(names) + 1), layout="constrained")
    for place, name in enumerate(names):
        axes.plot([before[name], after[name]], [place, place], color="#5a6472", lw=1.5, zorder=1)
    marks = {"now": ("o", "#ffffff"), "then": ("s", "#0f4c81")}
    for key, values in (("now", before), ("then", after)):
        shape, colour = marks[key]
        axes.scatter(
            [values[n] for n in names], range(len(names)), marker=shape, color=colour,
            edgecolor="#1c2430", s=45, zorder=2, label=WORDS[key],
        )  # fmt: skip
    axes.set_yticks(range(len(names)), names)
    axes.set_xlabel(WORDS["axis"])
    axes.set_xlim(0, max(30, *(value + 1 for value in after.values())))
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)
    plt.show()
    gained, lost = int((chosen & ~reference).sum()), int((reference & ~chosen).sum())
    known = good >= 0
    judged = 100 * good[chosen & known].mean() if (chosen & known).any() else float("nan")
    display(
        say(
            fr=f"Recommandations gagnées : {gained:,} ; perdues : {lost:,}. Parmi les recommandés dont"
            f" la suite est connue, {judged:.0f} % ont été jugés satisfaisants : cela ne "
            "vaut que pour ceux qui avaient été embauchés.",
            en=f"Recommendations gained: {gained:,}; lost: {lost:,}. Among those recommended whose "
            f"later result is known, {judged:.0f}% were judged satisfactory: this holds only for people "
            "who had been hired.",
        )
    )


def slider(name, least):
    """A lever from ``least`` to 200 % of today; the figure follows when it is let go."""
    return widgets.IntSlider(
        100, min=least, max=200, step=25, description=name, continuous_update=False,
        style={"description_width": "13.5rem"}, layout={"width": "27rem"},
    )  # fmt: skip


labels = {one.key: one.label[LANGUAGE] for one in case.criteria}
sliders = {one.key: slider(labels[one.key], 0) for one in grid.criteria}
share = slider("Places", 50)
shown = widgets.interactive_output(draw, {"places": share, **sliders})
shown.layout = {"flex": "1 1 30rem", "min_width": "0"}
levers = widgets.VBox([share, *sliders.values()])
display(widgets.HBox([levers, shown], layout={"flex_flow": "row wrap"}))

# %% [markdown] lang="fr"
# ## Sans curseurs
#
# Pour celles et ceux qui lisent cette page sans Jupyter : le même calcul, deux réglages.

# %% [markdown] lang="en"
# ## Without sliders
#
# For those who read this page without Jupyter: the same calculation, two settings.

# %%
draw(continuite=0)

# %%
draw(places=150)

# %% [markdown] lang="fr"
# ## Ce que l’on retient
#
# - Retirer une donnée n’a pas le même effet qu’ajouter des places : l’un change *qui* est choisi,
#   l’autre *combien*.
# - Aucun réglage n’est neutre, celui d’aujourd’hui non plus.
# - Ce que l’on perd en prédiction se mesure aussi, mais seulement sur ceux dont la suite est connue.
#
# À négocier : la liste fermée des données (C01), le gain minimal exigé de chacune (C02), les seuils de
# suivi par groupe (C05), et la clause de revoyure (C15).

# %% [markdown] lang="en"
# ## What to remember
#
# - Taking an input out is not the same as adding places: one changes *who* is chosen, the other *how
#   many*.
# - No setting is neutral, today's neither.
# - What is lost in prediction can be measured too, but only on those whose later result is known.
#
# To be negotiated: the closed list of data (C01), the least gain asked of each (C02), the thresholds
# to follow by group (C05), and the review date (C15).
