# %% [markdown] lang="fr"
# # Recrutement : une grille qui ne connaît pas le sexe
#
# *Une enquête, en une heure environ. Les personnes et l’employeur sont fictifs.*
#
# Une déléguée syndicale écrit : « Depuis que la grille de présélection est en service, j’ai
# l’impression que moins de femmes sont retenues. La direction répond que la grille ne connaît
# pas le sexe des candidats. Qui a raison ? »
#
# Les deux, peut-être. Regardons.

# %% [markdown] lang="en"
# # Recruitment: a grid that does not know the sex
#
# *An investigation of about an hour. The people and the employer are fictitious.*
#
# A union delegate writes: "Since the shortlisting grid came into use, fewer women seem to be
# hired. Management answers that the grid does not know the candidates' sex. Who is right?"
#
# Both, perhaps. Let us look.

# %% tags=["parameters"]
seed = None  # a number draws other people with the same story

# %%
import pandas as pd

from algo_audit import drawn_case, run_audit, say, show

case = drawn_case("recruitment", seed=seed)
case

# %% [markdown] lang="fr"
# ## 1. Regarder, avant tout calcul
#
# Qui est dans le fichier, et qui est retenu ? D’abord avec pandas, sans rien d’autre.

# %% [markdown] lang="en"
# ## 1. Look, before anything is computed
#
# Who is in the file, and who is hired? First with pandas alone.

# %%
decisions = case.read()
table = decisions.table
hired = table["decision"] == "Retenu"
rates = hired.groupby(table["sexe"]).agg(["size", "sum", "mean"])
rates.columns = ["applications", "hired", "rate"]
rates.round(3)

# %%
women, men = rates.loc["F"], rates.loc["H"]
say(
    fr=f"Sur {women.applications:,.0f} candidatures de femmes, {women.hired:.0f} sont retenues "
    f"({100 * women.rate:.1f} %) ; sur {men.applications:,.0f} d’hommes, {men.hired:.0f} "
    f"({100 * men.rate:.1f} %).",
    en=f"Of {women.applications:,.0f} applications by women {women.hired:.0f} are hired "
    f"({100 * women.rate:.1f}%); of {men.applications:,.0f} by men {men.hired:.0f} "
    f"({100 * men.rate:.1f}%).",
)

# %% [markdown] lang="fr"
# ## 2. L’audit
#
# Trois questions ont été posées **avant** d’ouvrir le fichier (sexe, âge, handicap), et le groupe
# de comparaison aussi était choisi : c’est ce qui permet de parler d’écart *établi*.

# %% [markdown] lang="en"
# ## 2. The audit
#
# Three questions were asked **before** the file was opened (sex, age, disability), and so was the
# group to compare with: that is what allows an *established* gap.

# %%
result = run_audit(case, decisions)
show(result, "essential")

# %% [markdown] lang="fr"
# ## 3. Douter : est-ce la même chose partout ?
#
# Les candidatures se font offre par offre. Un écart d’ensemble peut venir de **l’endroit où l’on
# postule** autant que de la façon dont on choisit. Le cas de l’âge le montre : comparons les taux
# tous ensemble, puis à famille de métier identique.

# %% [markdown] lang="en"
# ## 3. Doubt: is it the same everywhere?
#
# People apply to one vacancy. A gap over all may come from **where people apply** as much as from
# how they are chosen. Age shows it: let us compare rates all together, then within the same job
# family.

# %%
show(result, "strata")

# %%
within = next(
    one
    for one in result.strata
    if (one.attribute, one.group, one.stratum) == ("age", "50+", "famille_metier")
)
raw, alike = 100 * within.raw_difference.value, 100 * within.adjusted_difference.value
reduced = abs(alike) < abs(raw)
say(
    fr=f"Tous ensemble, les 50 ans et plus sont à {raw:+.1f} points de la "
    f"référence ; à famille de métier identique, à {alike:+.1f} points. "
    + ("L’écart se réduit : " if reduced else "L’écart ne se réduit pas : ")
    + "regardez toujours les deux tableaux avant de conclure.",
    en=f"All together, people of 50 and over are {raw:+.1f} points from the "
    f"reference; within the same job family, {alike:+.1f} points. "
    + ("The gap shrinks: " if reduced else "The gap does not shrink: ")
    + "always look at both tables before you conclude.",
)

# %% [markdown] lang="fr"
# ### Les petits groupes
#
# Le verdict sur le handicap ne dit pas « pas d’écart ». Il dit ce que ce nombre de personnes
# permet de voir.

# %% [markdown] lang="en"
# ### Small groups
#
# The verdict on disability does not say "no gap". It says what this number of people can show.

# %%
disabled = next(
    row
    for row in result.comparisons
    if row.attribute == "handicap" and row.measure == "selection_rate" and row.verdict is not None
)
smallest = disabled.smallest_detectable_ratio
detectable = (
    {"fr": "", "en": ""}
    if smallest is None
    else {
        "fr": f" Avec si peu de monde, seul un rapport de {smallest:.2f} ou moins se verrait quatre fois sur cinq.",
        "en": f" With so few people, only a ratio of {smallest:.2f} or less would show four times in five.",
    }
)
say(
    fr=f"{disabled.n} personnes handicapées : rapport de {disabled.ratio.value:.2f}, compatible avec "
    f"des valeurs de {disabled.ratio.low:.2f} à {disabled.ratio.high:.2f}." + detectable["fr"],
    en=f"{disabled.n} disabled people: a ratio of {disabled.ratio.value:.2f}, compatible with values "
    f"from {disabled.ratio.low:.2f} to {disabled.ratio.high:.2f}." + detectable["en"],
)

# %% [markdown] lang="fr"
# ## 4. Ouvrir la grille
#
# La grille est publique : cent points, cinq critères. Aucun n’est le sexe. Par quels critères
# l’écart de points entre femmes et hommes passe-t-il ?

# %% [markdown] lang="en"
# ## 4. Open the grid
#
# The grid is public: a hundred points, five criteria. None is the sex. Through which criteria does
# the gap in points between women and men pass?

# %%
gap = next(
    one
    for one in result.model.gaps
    if (one.attribute, one.group, one.target, one.background) == ("sexe", "F", "score", "pooled")
)
gap

# %%
largest = max(gap.parts, key=lambda part: abs(part.value.value))
proxies = [
    one
    for one in result.model.proxies
    if (one.attribute, one.criterion) == ("sexe", largest.criterion)
]
told = proxies[0].auc.value if proxies else float("nan")
say(
    fr=f"Le critère « {largest.criterion} » porte {largest.value.value:+.2f} des "
    f"{gap.gap.value:+.2f} points d’écart. À lui seul, il range correctement une femme et un homme tirés "
    f"au hasard dans {100 * told:.0f} paires sur 100 (50 : il ne dit rien).",
    en=f"The criterion “{largest.criterion}” carries {largest.value.value:+.2f} of the "
    f"{gap.gap.value:+.2f} points of the gap. Alone, it tells a woman and a man drawn at random apart in "
    f"{100 * told:.0f} pairs of 100 (50: it tells nothing).",
)

# %% [markdown] lang="fr"
# La grille ne connaît pas le sexe, et pourtant l’un de ses critères le lui dit en partie : c’est
# un **indice indirect** (*proxy*). Où naît l’écart, de la candidature à la décision ?

# %% [markdown] lang="en"
# The grid does not know the sex, and yet one of its criteria tells it in part: that is a **proxy**.
# Where is the gap born, from the application to the decision?

# %%
next(one for one in result.model.staircases if (one.attribute, one.group) == ("sexe", "F"))

# %% [markdown] lang="fr"
# ## 5. Une étiquette douteuse
#
# « La grille prédit bien qui réussit », dit le fournisseur : il compare les points à l’évaluation
# de six mois, donnée par les responsables. Mais cette étiquette est elle-même un jugement. Le
# fichier contient aussi un résultat mesuré (`objectifs_pct`). Disent-ils la même chose ?

# %% [markdown] lang="en"
# ## 5. A doubtful label
#
# "The grid predicts well who will succeed", says the supplier, and compares points with the
# appraisal after six months, given by managers. But this label is itself a judgement. The file
# also holds a measured result (`objectifs_pct`). Do they say the same?

# %%
known = table[hired & table["evaluation_6_mois"].isin(["Satisfaisante", "Insuffisante"])].copy()
known["results"] = pd.to_numeric(known["objectifs_pct"].str.replace(",", "."), errors="coerce")
known["good"] = known["evaluation_6_mois"] == "Satisfaisante"
known["band"] = pd.cut(
    known["results"], [0, 95, 105, 1000], labels=["< 95 %", "95-105 %", "> 105 %"]
)
judged = known[known["sexe"].isin(["F", "H"])].pivot_table(
    index="band", columns="sexe", values="good", aggfunc=["mean", "size"], observed=True
)
judged

# %%
rates_f, rates_m = judged["mean"]["F"], judged["mean"]["H"]
lower = int((rates_f < rates_m).sum())
say(
    fr=f"À résultats comparables, les femmes sont jugées satisfaisantes moins souvent que les hommes "
    f"dans {lower} tranche(s) de résultats sur {len(judged)}. Une note qui prédit cette étiquette prédit "
    "aussi ce jugement.",
    en=f"At comparable results, women are judged satisfactory less often than men in {lower} of "
    f"{len(judged)} bands of results. A score that predicts this label predicts that judgement too.",
)

# %% [markdown] lang="fr"
# ## 6. Essayer autre chose
#
# Que se passe-t-il si la grille ne compte plus le critère qui porte l’écart ? Mêmes offres, mêmes
# nombres de places, même règle : les meilleurs de chaque offre.

# %% [markdown] lang="en"
# ## 6. Try something else
#
# What happens if the grid no longer counts the criterion that carries the gap? Same vacancies, same
# number of places, same rule: the best of each vacancy.

# %%
from algo_audit.models.model_checks import check_model
from algo_audit.models.rule import decide

grid = case.open_model()
rows = check_model(grid, decisions, rule=case.rule).rows


def chosen(weights):
    """Who would be recommended with other weights, as many as today in each vacancy."""
    scores = grid.with_weights(weights).score(rows.values)
    return decide(case.rule, scores, pool=decisions.pool.codes, taken=decisions.outcome).decision


def share_by_sex(decided):
    sexes = decisions.protected["sexe"]
    return {
        name: float(decided[sexes.codes == place].mean())
        for place, name in enumerate(sexes.levels)
        if name in ("F", "H")
    }


today, without = chosen({}), chosen({largest.criterion: 0.0})
pd.DataFrame({"today": share_by_sex(today), f"without {largest.criterion}": share_by_sex(without)})

# %%
before, after = share_by_sex(today), share_by_sex(without)
moved = int((today != without).sum()) // 2
say(
    fr=f"Sans « {largest.criterion} », le taux de recommandation des femmes passe de "
    f"{100 * before['F']:.1f} % à {100 * after['F']:.1f} %, celui des hommes de {100 * before['H']:.1f} % "
    f"à {100 * after['H']:.1f} % ; {moved} places changent de titulaire.",
    en=f"Without “{largest.criterion}”, women are recommended in {100 * after['F']:.1f}% of cases "
    f"instead of {100 * before['F']:.1f}%, men in {100 * after['H']:.1f}% instead of "
    f"{100 * before['H']:.1f}%; {moved} places go to somebody else.",
)

# %% [markdown] lang="fr"
# ## 7. Ce qui peut être proposé
#
# Le tableau ci-dessous est un point de départ, pas un verdict. Il dit ce que l’audit montre ; à la
# négociation d’en faire des engagements.
#
# | Constat | Question à poser | Ce qui peut être négocié |
# |---|---|---|
# | Un critère porte l’écart | À quoi sert-il ? Qu’apporte-t-il à la prédiction ? | Le retirer, ou plafonner son poids ; surveiller ce qu’il dit du groupe (clause C04) |
# | L’écart subsiste à offre égale | Qui décide après l’avis, et s’en écarte-t-il ? | Motiver les refus d’avis ; suivre le taux par groupe (C05, C12) |
# | L’étiquette est un jugement | Qui évalue, sur quoi ? | Une étiquette mesurée, ou un double regard |
# | Un petit groupe ne permet pas de conclure | Combien d’années faut-il réunir ? | Réunir plusieurs années avant de conclure (C08) |
#
# Pour aller plus loin : le rapport complet (`algo-audit demo recruitment`), ou la vérité cachée
# dans ce fichier (`algo-audit demo recruitment --reveal`), à n’ouvrir qu’après la discussion.

# %% [markdown] lang="en"
# ## 7. What can be proposed
#
# The table below is a starting point, not a verdict. It says what the audit shows; turning it into
# commitments is the business of the negotiation.
#
# | Finding | Question to ask | What can be negotiated |
# |---|---|---|
# | One criterion carries the gap | What is it for? What does it add to the prediction? | Take it out, or cap its weight; watch what it tells of the group (clause C04) |
# | The gap stays within the vacancy | Who decides after the advice, and departs from it? | Give reasons for setting advice aside; follow the rate by group (C05, C12) |
# | The label is a judgement | Who appraises, on what? | A measured label, or a second look |
# | A small group allows no conclusion | How many years have to be pooled? | Pool several years before concluding (C08) |
#
# To go further: the whole report (`algo-audit demo recruitment`), or the truth hidden in this file
# (`algo-audit demo recruitment --reveal`), to be opened after the discussion only.
