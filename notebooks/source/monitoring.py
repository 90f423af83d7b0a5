# %% [markdown] lang="fr"
# # Surveillance : un badge, une voix, une prime
#
# *Une enquête, en une heure environ. Les personnes, l’employeur et le fournisseur sont fictifs.*
#
# Un badge compte les pas, note qui parle avec qui et écoute la voix. Un score en sort ; à partir de 58
# points, la prime est recommandée. L’employeur veut savoir s’il peut défendre cette règle ; les élus,
# si elle est **proportionnée à son but**. Deux questions différentes : qui la règle défavorise-t-elle, et
# de quelles données a-t-elle vraiment besoin ?

# %% [markdown] lang="en"
# # Monitoring: a badge, a voice, a bonus
#
# *An investigation of about an hour. The people, the employer and the supplier are fictitious.*
#
# A badge counts steps, notes who speaks with whom and listens to the voice. A score comes out; from 58
# points on, the bonus is recommended. The employer wants to know whether this rule can be defended; the
# representatives, whether it is **in proportion to its purpose**. Two different questions: whom does the
# rule put at a disadvantage, and which data does it really need?

# %% tags=["parameters"]
seed = None  # a number draws other people with the same story

# %%
import numpy as np
import pandas as pd

from algo_audit import drawn_case, run_audit, say, show
from algo_audit.models.model_checks import check_model

case = drawn_case("monitoring", seed=seed)
decisions = case.read()
result = run_audit(case, decisions)
case

# %% [markdown] lang="fr"
# ## 1. Regarder

# %% [markdown] lang="en"
# ## 1. Look

# %%
show(result, "essential")

# %% [markdown] lang="fr"
# ## 2. De quelles données s’agit-il ?
#
# L’échelle d’intrusion va de 0 (fait vérifié lié au poste) à 5 (sensible ou interdit). Le niveau est
# déclaré par critère, avec son but et sa source.

# %% [markdown] lang="en"
# ## 2. Which data are these?
#
# The scale of intrusiveness goes from 0 (a verified fact about the post) to 5 (sensitive or prohibited).
# Each criterion declares its level, with its purpose and source.

# %%
import os

language = os.environ["ALGO_AUDIT_LANG"]
pd.DataFrame(
    [
        {"criterion": one.key, "level": one.intrusiveness, "source": one.source[language]}
        for one in case.criteria
    ]
).sort_values("level", ascending=False)

# %%
grid = case.open_model()
high = [one.key for one in case.criteria if one.intrusiveness >= 4]
most = {one.key: one.paper_range() for one in grid.criteria}
points = sum(most[key][1] - most[key][0] for key in high)
whole = sum(high_ - low for low, high_ in most.values())
say(
    fr=f"{len(high)} critères sur {len(case.criteria)} viennent de données de niveau 4 ou 5 ; ils pèsent "
    f"{points:.0f} points sur {whole:.0f}. Déduire des émotions de la voix au travail est interdit par le "
    "règlement européen sur l’IA, article 5(1)(f), en vigueur, sauf raison médicale ou de sécurité.",
    en=f"{len(high)} of {len(case.criteria)} criteria come from data of level 4 or 5; they weigh "
    f"{points:.0f} points of {whole:.0f}. Inferring emotions from the voice at work is banned by the EU "
    "AI Act, article 5(1)(f), in force, save for medical or safety reasons.",
)

# %% [markdown] lang="fr"
# ## 3. Qui la règle défavorise-t-elle, et par quoi ?

# %% [markdown] lang="en"
# ## 3. Whom does the rule put at a disadvantage, and through what?


# %%
def largest_part(attribute, group):
    """The criterion that carries most of a gap in score."""
    gap = next(
        (
            one
            for one in result.model.gaps
            if (one.attribute, one.group, one.target, one.background)
            == (attribute, group, "score", "pooled")
        ),
        None,
    )
    if gap is None:
        return None
    part = max(gap.parts, key=lambda one: abs(one.value.value))
    return {
        "gap in points": round(gap.gap.value, 2) + 0.0,
        "carried most by": part.criterion,
        "of which": round(part.value.value, 2) + 0.0,
    }


asked = [("sexe", "F"), ("age", "50+"), ("handicap", "Oui"), ("mandat", "Oui")]
carried = pd.DataFrame({f"{a} · {g}": largest_part(a, g) for a, g in asked if largest_part(a, g)}).T
carried

# %% [markdown] lang="fr"
# ## 4. Douter : le poste, ou la personne ?
#
# Marcher dépend du poste ; parler avec des collègues, du temps de présence. L’écart tient-il à poste
# identique, à quotité identique ?

# %% [markdown] lang="en"
# ## 4. Doubt: the post, or the person?
#
# How far one walks depends on the post; how long one speaks with colleagues, on the time present. Does
# the gap hold in the same post, at the same working time?

# %%
pd.DataFrame(
    [
        {
            "by": f"{one.attribute} · {one.group}", "within": one.stratum,
            "raw": round(100 * one.raw_difference.value, 1) + 0.0,
            "like with like": round(100 * one.adjusted_difference.value, 1) + 0.0,
        }
        for one in result.strata
        if (one.attribute, one.group) in asked
        and one.raw_difference is not None
        and one.adjusted_difference is not None
    ]
)  # fmt: skip

# %% [markdown] lang="fr"
# Quand l’écart disparaît à poste identique, cela ne veut pas dire qu’il n’existe pas : cela dit **par où**
# il passe. Reste à savoir si la prime doit dépendre du poste qu’on vous a donné.

# %% [markdown] lang="en"
# Where the gap disappears in the same post, that does not mean it does not exist: it says **which way** it
# goes. Whether the bonus should depend on the post that one was given remains to be discussed.

# %% [markdown] lang="fr"
# ## 5. Minimiser : que perd-on sans le badge ?
#
# Retirons les critères de niveau 4 et 5, et gardons le **même nombre de primes**. Qui change ? Et le
# résultat mesuré plus tard (les jours d’absence, un compte) s’en trouve-t-il plus mal prédit ?

# %% [markdown] lang="en"
# ## 5. Minimise: what is lost without the badge?
#
# Let us take the criteria of level 4 and 5 out and keep the **same number of bonuses**. Who changes? And
# is what was measured later (days of absence, a count) predicted any worse?

# %%
rows = check_model(grid, decisions, rule=case.rule).rows
wanted = int(grid.decide(grid.score(rows.values), rule=case.rule).decision.sum())


def given(weights):
    """As many bonuses as today, to the highest scores."""
    scores = grid.with_weights(weights).score(rows.values)
    chosen = np.zeros(len(scores), dtype=bool)
    chosen[np.argsort(-scores, kind="stable")[:wanted]] = True
    return chosen, scores


today, scores_today = given({})
without, scores_without = given(dict.fromkeys(high, 0.0))
compared = pd.DataFrame(
    {
        f"{attribute} · {level}": {
            "today": 100 * today[column.codes == place].mean(),
            "without the badge": 100 * without[column.codes == place].mean(),
        }
        for attribute, column in decisions.protected.items()
        for place, level in enumerate(column.levels)
    }
).T
compared.round(1)

# %%
later = pd.to_numeric(
    decisions.table["absence_jours_6_mois"].str.replace(",", "."), errors="coerce"
)
known = later.notna().to_numpy()


def association(scores):
    """Rank correlation of the score with later days of absence."""
    return pd.Series(scores[known]).corr(later[known].reset_index(drop=True), method="spearman")


with_badge, without_badge = association(scores_today), association(scores_without)
moved = int((today & ~without).sum())
say(
    fr=f"Sans les données du badge, {moved} primes sur {wanted} changent de titulaire. Le lien entre le "
    f"score et l’absence mesurée ensuite passe de {with_badge:+.2f} à {without_badge:+.2f} (0 : aucun lien). "
    "C’est ce chiffre qu’il faut mettre en face de ce que le badge prend aux personnes.",
    en=f"Without the data of the badge {moved} of {wanted} bonuses change hands. The link between the score "
    f"and the absence measured later goes from {with_badge:+.2f} to {without_badge:+.2f} (0: none). That is "
    "the figure to hold against what the badge takes from people.",
)

# %% [markdown] lang="fr"
# ## 6. L’autre voie : l’équipe
#
# Les objectifs seuls, additionnés par équipe d’au moins huit personnes : plus personne n’est suivi.
# Combien d’équipes sont assez grandes, et qui recevrait la prime ?

# %% [markdown] lang="en"
# ## 6. The other way: the team
#
# The objectives alone, added up by team of at least eight: nobody is followed any more. How many teams
# are large enough, and who would get the bonus?

# %%
table = decisions.table
reached = pd.to_numeric(table["objectifs_pct"].str.replace(",", "."), errors="coerce")
teams = reached.groupby(table["equipe"]).agg(["mean", "size"])
large = teams[teams["size"] >= 8].sort_values("mean", ascending=False)
running = large["size"].cumsum()
winners = set(large.index[running <= wanted])
team_bonus = table["equipe"].isin(winners).to_numpy()
women, men = (table["sexe"] == one for one in ("F", "H"))
say(
    fr=f"{len(large)} équipes sur {len(teams)} ont huit personnes ou plus. La prime aux meilleures équipes "
    f"irait à {int(team_bonus.sum())} personnes : {100 * team_bonus[women].mean():.1f} % des femmes et "
    f"{100 * team_bonus[men].mean():.1f} % des hommes (aujourd’hui {100 * today[women].mean():.1f} % et "
    f"{100 * today[men].mean():.1f} %).",
    en=f"{len(large)} of {len(teams)} teams have eight people or more. A bonus for the best teams would go to "
    f"{int(team_bonus.sum())} people: {100 * team_bonus[women].mean():.1f}% of women and "
    f"{100 * team_bonus[men].mean():.1f}% of men (today {100 * today[women].mean():.1f}% and "
    f"{100 * today[men].mean():.1f}%).",
)

# %% [markdown] lang="fr"
# ## 7. Ce qui peut être proposé
#
# | Constat | Question à poser | Ce qui peut être négocié |
# |---|---|---|
# | Une donnée de niveau 5 entre dans le calcul | Sur quel fondement ? | La retirer : ligne rouge, pas objet de compromis (C03, C20) |
# | Le badge n’apporte que peu | Que perdrait-on sans lui ? | Gain minimal exigé de chaque donnée (C02), liste fermée (C01) |
# | L’écart passe par le poste | Qui affecte aux postes ? | Une prime qui n’en dépend pas |
# | L’équipe suffit | À partir de combien de personnes ? | Agrégation d’au moins huit (C20), durée de conservation |

# %% [markdown] lang="en"
# ## 7. What can be proposed
#
# | Finding | Question to ask | What can be negotiated |
# |---|---|---|
# | Data of level 5 enter the calculation | On which ground? | Take them out: a red line, not a matter for compromise (C03, C20) |
# | The badge adds little | What would be lost without it? | Least gain asked of each input (C02), closed list (C01) |
# | The gap passes through the post | Who assigns people to posts? | A bonus that does not depend on it |
# | The team is enough | From how many people on? | Aggregation of at least eight (C20), time of retention |
