# %% [markdown] lang="fr"
# # Auditer votre propre fichier Excel en vingt minutes
#
# Ce carnet part d’un classeur tel qu’un service du personnel l’exporte : un titre au-dessus du tableau,
# des accents, des virgules décimales, des cases vides, des doublons. Remplacez ensuite `file` par le
# vôtre.
#
# **Avant de commencer**
#
# - Retirez les noms et prénoms : un numéro suffit. Un numéro ne rend pas le fichier anonyme pour
#   autant ; le rapport dira combien de personnes ses colonnes désignent.
# - Tout se passe sur cet ordinateur : rien n’est envoyé.
# - Demandez à qui vous remet le fichier ce que veut dire chaque colonne (guide *Quelles données
#   demander*).

# %% [markdown] lang="en"
# # Audit your own Excel file in twenty minutes
#
# This notebook starts from a workbook as a personnel department exports it: a title above the table,
# accents, decimal commas, blanks, duplicates. Put your own file in place of `file` afterwards.
#
# **Before you start**
#
# - Take surnames and first names out: a number is enough. A number does not make the file anonymous,
#   though; the report will say how many people its columns point out.
# - Everything happens on this computer: nothing is sent.
# - Ask whoever hands you the file what each column means (guide *Which data to ask for*).

# %% tags=["parameters"]
seed = None  # a number draws other people with the same story

# %%
import os
import tempfile
from pathlib import Path

import pandas as pd

from algo_audit import build_report, drawn_case, load_case, run_audit, say, show, write_html

os.chdir(
    tempfile.mkdtemp(prefix="audit-")
)  # an empty folder; leave this line out for your own file
example = drawn_case("recruitment", rows=1500, seed=seed).read().table
columns = {
    "numero_candidature": "N° dossier", "sexe": "Sexe", "age": "Âge",
    "famille_metier": "Famille métier", "offre": "Offre", "test_metier": "Test (sur 20)",
    "decision": "Décision",
}  # fmt: skip
export = example[list(columns)].rename(columns=columns)
export = pd.concat([export, export.head(3)])  # lines pasted twice
file = Path("Export RH – candidatures.xlsx")
with pd.ExcelWriter(file, engine="xlsxwriter") as writer:
    export.to_excel(writer, sheet_name="Candidatures", startrow=2, index=False)
    writer.sheets["Candidatures"].write(0, 0, "Candidatures reçues – extraction du service RH")
file.name

# %% [markdown] lang="fr"
# ## 1. Demander à l’outil ce qu’il voit
#
# `init` regarde le fichier et propose un rôle pour chaque colonne, avec sa raison. Il écrit
# `audit.toml`, un fichier texte qui se relit et se corrige. La même commande s’écrit dans un terminal :
# `algo-audit init "Export RH – candidatures.xlsx"`.

# %% [markdown] lang="en"
# ## 1. Ask the tool what it sees
#
# `init` looks at the file and proposes a part for each column, with its reason. It writes
# `audit.toml`, a text file to read over and correct. In a terminal the same command is
# `algo-audit init "Export RH – candidatures.xlsx"`.

# %%
from algo_audit.cli.main import run

_ = run(["init", str(file)])
# %%
declared = Path("audit.toml")
print(*declared.read_text(encoding="utf-8").splitlines()[:29], "…", sep="\n")

# %% [markdown] lang="fr"
# ## 2. Relire avant de regarder les résultats
#
# Trois choses à décider **maintenant**, pas après avoir vu les chiffres : quelle décision est favorable,
# quels groupes on compare, et avec qui. C’est ce qui distingue un écart *établi* d’une piste.
#
# ## 3. Lire le fichier

# %% [markdown] lang="en"
# ## 2. Read it over before looking at results
#
# Three things to decide **now**, not after having seen figures: which decision is favourable, which
# groups are compared, and with whom. That is what makes the difference between an *established* gap
# and a lead.
#
# ## 3. Read the file

# %%
case = load_case(declared)
decisions = case.read()
decisions

# %%
aside = decisions.source.rows - decisions.source.rows_used
say(
    fr=f"{decisions.source.rows:,} lignes lues, {decisions.source.rows_used:,} comptées, {aside} mises de "
    "côté. Le journal de lecture, à la fin du rapport, dit ce que l’outil a fait, les lignes répétées "
    "comprises.",
    en=f"{decisions.source.rows:,} rows read, {decisions.source.rows_used:,} counted, {aside} set aside. "
    "The import journal at the end of the report says what the tool did, repeated lines included.",
)

# %% [markdown] lang="fr"
# ## 4. Auditer

# %% [markdown] lang="en"
# ## 4. Audit

# %%
result = run_audit(case, decisions)
show(result)

# %% [markdown] lang="fr"
# ### Ce fichier est-il assez grand ?
#
# Un petit fichier montre peu. Le tableau dit, pour chaque question posée, le plus petit écart qui se
# serait vu quatre fois sur cinq.

# %% [markdown] lang="en"
# ### Is this file large enough?
#
# A small file shows little. The table says, for each question asked, the smallest gap that would have
# shown four times in five.

# %%
heads = {
    "fr": ["selon", "groupe", "personnes", "rapport", "rapport visible"],
    "en": ["by", "group", "people", "ratio", "ratio that would show"],
}
asked = [row for row in result.comparisons if row.family == "primary" and row.verdict is not None]
pd.DataFrame(
    [
        (
            row.attribute, row.group, row.n,
            None if row.ratio is None else row.ratio.value, row.smallest_detectable_ratio,
        )
        for row in asked
    ],
    columns=heads[os.environ["ALGO_AUDIT_LANG"]],
).round(2)  # fmt: skip

# %% [markdown] lang="fr"
# ## 5. Remettre le rapport
#
# Le rapport masque ce qui porte sur moins de cinq personnes. `audit.json` n’est pas masqué : il reste
# entre les mains de qui conduit l’audit. Dans un terminal, avec tous les formats :
# `algo-audit audit audit.toml --format html,pdf,docx,xlsx --out rapport`.

# %% [markdown] lang="en"
# ## 5. Hand the report over
#
# The report masks what is about fewer than five people. `audit.json` is not masked: it stays with
# whoever carries out the audit. In a terminal, with all formats:
# `algo-audit audit audit.toml --format html,pdf,docx,xlsx --out report`.

# %%
language = os.environ["ALGO_AUDIT_LANG"]
report = build_report(result, language)
write_html(report, f"audit.{language}.html")
say(
    fr=f"Le rapport a {len(report.sections)} chapitres ; il s’ouvre dans n’importe quel navigateur, "
    "hors ligne.",
    en=f"The report has {len(report.sections)} chapters; it opens in any browser, offline.",
)

# %% [markdown] lang="fr"
# ## 6. Et maintenant, le vôtre
#
# 1. Copiez votre fichier à côté de ce carnet.
# 2. Plus haut, remplacez la cellule qui fabrique l’exemple par `file = Path("votre fichier.xlsx")`,
#    avec les mêmes lignes `import`.
# 3. Relancez les cellules une à une, en lisant ce que l’outil dit.
#
# Une colonne mal nommée, une valeur inattendue ? L’outil le dit en une phrase, avec la ligne et le
# remède :

# %% [markdown] lang="en"
# ## 6. And now yours
#
# 1. Copy your file beside this notebook.
# 2. Above, put `file = Path("your file.xlsx")` in place of the cell that makes the example, with
#    the same `import` lines.
# 3. Run the cells one by one, reading what the tool says.
#
# A column misspelt, an unexpected value? The tool says so in one sentence, with the line and the
# remedy:

# %%
_ = run(["audit", str(file), "--outcome", "Decison", "--protected", "Sexe", "--out", "x"])
