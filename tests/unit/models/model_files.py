"""What the tests of opened files share: writing them, altering them, and the fault they raise."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
import skops.io

from algo_audit.errors import AuditError
from algo_audit.i18n.catalogue import Catalogue
from algo_audit.i18n.formats import Formats
from algo_audit.i18n.wording import describe
from algo_audit.models.opening import open_model


def refused(path, code, **values):
    """The one fault, which must have a sentence in both languages that fills its places."""
    with pytest.raises(AuditError) as caught:
        open_model(path, **values)
    found = caught.value
    assert found.code == code, found
    for language in ("fr", "en"):
        (sentence,) = describe(found, Catalogue(language), Formats(language))
        assert code not in sentence
        assert "{" not in sentence
    return found


def write(tmp_path, name, data):
    path = tmp_path / name
    path.write_bytes(data)
    return path


def archive(members, packing=zipfile.ZIP_STORED):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", packing) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return buffer.getvalue()


def members_of(pipeline):
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(pipeline))) as made:
        return {name: made.read(name) for name in made.namelist()}


def changed(pipeline, change):
    """A skops file whose schema was altered by hand."""
    members = members_of(pipeline)
    schema = json.loads(members["schema.json"])
    change(schema)
    members["schema.json"] = json.dumps(schema).encode()
    return archive(members)


def node(loader, name, **rest):
    module, _, own = name.rpartition(".")
    return {"__class__": own, "__module__": module, "__loader__": loader, **rest}


def text(value):
    return node("JsonNode", "builtins.str", content=json.dumps(value), is_json=True)
