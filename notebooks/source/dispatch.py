# %% [markdown] lang="fr"
# # Plateforme : refuser est permis, mais le score s’en souvient
#
# *Une enquête, en une heure environ. Les personnes et la plateforme sont fictives.*
#
# « Chaque livreur est libre de refuser une course », dit la plateforme. Les livreurs répondent :
# « Libres, oui ; mais après, les courses ne viennent plus. » Peut-on le voir dans les données ?

# %% [markdown] lang="en"
# # Platform: refusing is allowed, but the score remembers
#
# *An investigation of about an hour. The people and the platform are fictitious.*
#
# "Every courier is free to refuse an order", says the platform. Couriers answer: "Free, yes; but
# afterwards orders stop coming." Can that be seen in the data?

# %% tags=["parameters"]
seed = None  # a number draws other people with the same story

# %%
import pandas as pd

from algo_audit import drawn_case, load_case, run_audit, say, show
from algo_audit.cases.datasets import dataset_path

case = drawn_case("dispatch", seed=seed)
decisions = case.read()
case

# %% [markdown] lang="fr"
# ## 1. Regarder : qui reçoit la course ?
#
# Chaque course va à une seule personne parmi celles qui sont à portée. La comparaison se fait **à
# l’intérieur de chaque course** : mêmes lieu, heure et client.

# %% [markdown] lang="en"
# ## 1. Look: who is given the order?
#
# Each order goes to one person among those within reach. The comparison is made **within each order**:
# same place, hour and customer.

# %%
result = run_audit(case, decisions)
show(result, "essential")

# %% [markdown] lang="fr"
# ## 2. Entre les courses, ou dans les courses ?
#
# Un écart d’ensemble peut venir de l’endroit où l’on se trouve. Le partage exact :

# %% [markdown] lang="en"
# ## 2. Between orders, or within them?
#
# A gap over all may come from where one is. The exact split:

# %%
show(result, "pools")

# %% [markdown] lang="fr"
# ## 3. Par quoi passe l’écart ?

# %% [markdown] lang="en"
# ## 3. Through what does the gap pass?


# %%
def carried(attribute, group):
    """The criterion that carries most of a gap in score, and how much."""
    gap = next(
        one
        for one in result.model.gaps
        if (one.attribute, one.group, one.target, one.background)
        == (attribute, group, "score", "pooled")
    )
    part = max(gap.parts, key=lambda one: abs(one.value.value))
    return {
        "gap in points": gap.gap.value,
        "carried most by": part.criterion,
        "of which": part.value.value,
    }


asked = [("sexe", "F"), ("age", "50+"), ("nouveau", "Oui"), ("quartier_prioritaire", "Oui")]
parts = pd.DataFrame({f"{a} · {g}": carried(a, g) for a, g in asked}).T
parts

# %%
women = parts.loc["sexe · F"]
say(
    fr=f"Pour les femmes, {women['of which']:+.1f} des {women['gap in points']:+.1f} points d’écart passent par "
    f"« {women['carried most by']} ». La note et l’acceptation sont des comportements du client et de la "
    "personne : aucun ne dit à lui seul pourquoi.",
    en=f"For women, {women['of which']:+.1f} of the {women['gap in points']:+.1f} points of the gap pass through "
    f"“{women['carried most by']}”. Rating and acceptance are behaviour of the customer and of the "
    "person: neither tells why by itself.",
)

# %% [markdown] lang="fr"
# ## 4. La boucle : un instantané ne la montre pas
#
# Le fichier des courses est une photographie d’une semaine. Un second fichier suit treize semaines : le
# taux d’acceptation, la part d’offres lointaines, l’attente et le gain par heure.

# %% [markdown] lang="en"
# ## 4. The loop: a snapshot does not show it
#
# The file of orders is a picture of one week. A second file follows thirteen weeks: the acceptance rate,
# the share of far offers, waiting and pay per hour.

# %%
earnings_case = load_case(dataset_path("dispatch_earnings.toml"))
earnings = earnings_case.read()
weeks = [name for name in earnings.table.columns if name.startswith("acceptation_s")]
numbers = earnings.table[weeks].apply(
    lambda one: pd.to_numeric(one.str.replace(",", "."), errors="coerce")
)
by_week = numbers.groupby(earnings.table["sexe"]).mean().loc[["F", "H"]]
by_week.round(1)

# %%
chart = by_week.T.plot(style=["s-", "o--"], color=["#0f4c81", "#a8430a"], figsize=(7, 3))
chart.spines[["top", "right"]].set_visible(False)
_ = chart.set_ylabel("%")

# %%
first, last = (by_week.loc["F"] - by_week.loc["H"]).iloc[[0, -1]]
say(
    fr=f"L’écart d’acceptation entre femmes et hommes passe de {first:+.1f} point(s) la première semaine à "
    f"{last:+.1f} la treizième. "
    + (
        "Un écart qui s’élargit de semaine en semaine est le signe d’une boucle."
        if abs(last) > abs(first)
        else "Il ne s’élargit pas."
    ),
    en=f"The gap in acceptance between women and men goes from {first:+.1f} point(s) in the first week to "
    f"{last:+.1f} in the thirteenth. "
    + (
        "A gap that widens week by week is the sign of a loop."
        if abs(last) > abs(first)
        else "It does not widen."
    ),
)

# %% [markdown] lang="fr"
# ## 5. Ce que cela rapporte
#
# Le gain par heure n’est pas une décision, c’est une suite : le résultat est un **nombre**.

# %% [markdown] lang="en"
# ## 5. What it pays
#
# Pay per hour is no decision, it is what follows: the outcome is a **number**.

# %%
paid = run_audit(earnings_case, earnings)
show(paid, "essential")

# %% [markdown] lang="fr"
# ## 6. Essayer : un score qui oublie
#
# Que donnerait, pour les mêmes courses, un score sans le taux d’acceptation ? Sans la note des clients ?

# %% [markdown] lang="en"
# ## 6. Try: a score that forgets
#
# What would a score without the acceptance rate give, for the same orders? Without customers' ratings?

# %%
from algo_audit.models.model_checks import check_model
from algo_audit.models.rule import decide

grid = case.open_model()
rows = check_model(grid, decisions, rule=case.rule).rows


def share(weights, attribute, level):
    """Share given the order in one group with these weights."""
    scores = grid.with_weights(weights).score(rows.values)
    made = decide(case.rule, scores, pool=decisions.pool.codes).decision
    column = decisions.protected[attribute]
    return 100 * made[column.codes == column.levels.index(level)].mean()


settings = {
    "today": {},
    "without acceptance": {"acceptation": 0.0},
    "without rating": {"note": 0.0},
}
tried = pd.DataFrame(
    {
        key: {
            f"{name} · {level}": share(weights, name, level)
            for name, column in decisions.protected.items()
            for level in column.levels
        }
        for key, weights in settings.items()
    }
)
tried.round(1)

# %%
now, then = tried.loc["sexe · F", "today"], tried.loc["sexe · F", "without acceptance"]
say(
    fr=f"Sans le taux d’acceptation, la part de courses des femmes à portée passe de {now:.1f} % à {then:.1f} %. "
    "Ce calcul ne dit rien de la boucle : si refuser ne coûtait plus, les refus changeraient aussi.",
    en=f"Without the acceptance rate, the share of orders of women within reach goes from {now:.1f}% to "
    f"{then:.1f}%. This says nothing of the loop: if refusing cost nothing, refusals would change too.",
)

# %% [markdown] lang="fr"
# ## 7. Ce qui peut être proposé
#
# | Constat | Question à poser | Ce qui peut être négocié |
# |---|---|---|
# | Refuser fait baisser les offres | Combien de temps un refus compte-t-il ? | Un refus qui s’oublie ; des motifs qui ne comptent pas (C01) |
# | Les étoiles pénalisent un groupe | Que mesurent-elles d’autre ? | Remplacer par ce qui se compte (les retards), plafonner (C03, C04) |
# | Les nouveaux partent derrière | Comment gagner des points sans courses ? | Une part de courses hors score (C13) |
# | La boucle ne se voit qu’avec le temps | Qui suit, et à quel rythme ? | Suivi par groupe et revoyure datée (C05, C15) |

# %% [markdown] lang="en"
# ## 7. What can be proposed
#
# | Finding | Question to ask | What can be negotiated |
# |---|---|---|
# | Refusing lowers offers | For how long does a refusal count? | A refusal that is forgotten; reasons that do not count (C01) |
# | Stars weigh on a group | What else do they measure? | Put what can be counted in their place (late deliveries), cap them (C03, C04) |
# | Newcomers start behind | How to gain points without orders? | A share of orders outside the score (C13) |
# | The loop shows over time only | Who follows it, and how often? | Follow-up by group and a dated review (C05, C15) |
