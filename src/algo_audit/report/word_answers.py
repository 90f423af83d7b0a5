"""Answers written into a Word form: where they stand, and how they are read again."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

from algo_audit.errors import AuditError
from algo_audit.report.word_styles import element

TAG = "algo-audit:"
_LARGEST = 20_000_000  # bytes of a Word file's text, unpacked
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def answer_control(name: str, text: str, label: str) -> Any:
    """A content control of Word around an answer; it can be written in, not lost by editing."""
    control = element("w:sdt")
    properties = element("w:sdtPr")
    properties.append(element("w:alias", val=label[:60]))
    properties.append(element("w:tag", val=TAG + name))
    control.append(properties)
    content = element("w:sdtContent")
    for line in text.split("\n"):
        paragraph = element("w:p")
        look = element("w:pPr")
        look.append(element("w:pStyle", val="Answer"))
        paragraph.append(look)
        run = element("w:r")
        words = element("w:t")
        words.text = line
        words.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        run.append(words)
        paragraph.append(run)
        content.append(paragraph)
    control.append(content)
    return control


def read_answers(path: str | Path) -> dict[str, str]:
    """Answers of a form that was filled in with Word or LibreOffice, by box.

    Raises
    ------
    AuditError
        ``answers.missing``; ``answers.not_word`` (not a Word file, or too large to be one of
        ours); ``answers.none`` (a Word file without any of our boxes).
    """
    from lxml import etree

    path = Path(path)
    if not path.is_file():
        raise AuditError("answers.missing", str(path))
    try:
        with zipfile.ZipFile(path) as package:
            member = package.getinfo("word/document.xml")
            if member.file_size > _LARGEST:
                raise AuditError("answers.not_word", str(path))
            with package.open(member) as stream:
                text = stream.read(_LARGEST + 1)
        # entities are how an XML file reads other files, or grows without end
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
        root = etree.fromstring(text[:_LARGEST], parser)
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, OSError) as error:
        raise AuditError("answers.not_word", str(path)) from error
    found = {}
    for control in root.iter(f"{_W}sdt"):
        tag = control.find(f"{_W}sdtPr/{_W}tag")
        name = "" if tag is None else tag.get(f"{_W}val", "")
        if name.startswith(TAG):
            lines = [
                "".join(piece.text or "" for piece in paragraph.iter(f"{_W}t"))
                for paragraph in control.iter(f"{_W}p")
            ]
            found[name.removeprefix(TAG)] = "\n".join(lines).strip()
    if not found:
        raise AuditError("answers.none", str(path))
    return found
