"""What headers say: every field of the metadata that is not empty, and what was reported. Settings as in `reading`.

The input stands as it is, also where it has no header; `\\t`, `\\ufeff` and `\\x00` in it stand for the characters.
"""

from converter.model import Source
from tests.areas.reading import run_normalized
from tests.areas.shown import show_diagnostics
from tests.test_cases import Case


def run(case: Case) -> str:
    post, diagnostics = run_normalized(case, header="")
    lines = []
    for name in post.metadata.__struct_fields__:
        match getattr(post.metadata, name):
            case _ if name == "addresses":  # they follow from the site: see the area `sites`
                continue
            case tuple() as values if values:
                lines.append(f"{name}: {' | '.join(values)}")
            case dict() as values:
                lines += [f"{name}.{key}: {value}" for key, value in values.items()]
            case Source(name_, url):
                lines.append(f"{name}: {name_} <{url}>")
            case value if value not in (None, "", (), False):
                lines.append(f"{name}: {value}")
    return "\n".join((*lines, *show_diagnostics(diagnostics)))
