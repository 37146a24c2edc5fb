"""What the package says about accessibility: computed from the content, never assumed, or said by its publisher.

EPUB Accessibility 1.1, sections 2.3 and 2.4, and 1.2; the terms are those of the schema.org accessibility vocabulary,
and of the note on exemptions.
"""

from collections.abc import Iterator, Sequence
from typing import Annotated, Literal

from msgspec import Meta, Struct

from converter.languages.labels import label
from converter.writers.epub.parts import Chapter, Metadatum

CONFORMANCE = "EPUB Accessibility {standard} - WCAG 2.2 Level AA"


class Statements(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What only the publisher can say: the table `[output.epub.accessibility]`."""

    contact: str = ""
    """The e-mail address for questions about accessibility; new in version 1.2 of the standard."""
    exemption: Literal["", "eaa-microenterprise", "eaa-disproportionate-burden", "eaa-fundamental-alteration"] = ""
    """Why the European Accessibility Act does not ask more of the book: a statement in law, never guessed."""
    report: Annotated[str, Meta(pattern=r"^(https?://\S+)?$")] = ""
    """The URL of what the certifier found."""
    credential: str = ""
    """What says that the certifier may certify: a URL, or the name of a badge."""
    standard: Literal["1.1", "1.2"] = "1.1"
    """The version of EPUB Accessibility that the certifier vouches for."""


def accessibility(
    chapters: Sequence[Chapter], language: str, certifier: str, said: Statements
) -> tuple[Metadatum, ...]:
    """Return the five schema.org properties, the claim of conformance where a person makes it, and the rest."""
    described = sum(chapter.described for chapter in chapters)
    undescribed = sum(chapter.undescribed for chapter in chapters)
    found = [
        *_repeated("schema:accessMode", ("textual", *(("visual",) if described or undescribed else ()))),
        *_repeated("schema:accessModeSufficient", _sufficient(described, undescribed)),
        *_repeated("schema:accessibilityFeature", _features(chapters, described, undescribed)),
        _property("schema:accessibilityHazard", _hazard(chapters)),
        _property("schema:accessibilitySummary", _summary(language, described, undescribed)),
    ]
    if certifier:
        found.extend(_claim(certifier, said))
    if said.contact:
        found.append(_property("a11y:contactEmail", said.contact))
    if said.exemption:
        found.append(_property("a11y:exemption", said.exemption))
    return tuple(found)


def _claim(certifier: str, said: Statements) -> Iterator[Metadatum]:
    claim = CONFORMANCE.format(standard=said.standard)
    yield Metadatum("meta", claim, {"property": "dcterms:conformsTo", "id": "conformance"})
    by = {"property": "a11y:certifiedBy", "refines": "#conformance", "id": "certifier"}
    yield Metadatum("meta", certifier, by)
    if said.credential:
        yield Metadatum("meta", said.credential, {"property": "a11y:certifierCredential", "refines": "#certifier"})
    if said.report:
        link = {"rel": "a11y:certifierReport", "refines": "#certifier", "href": said.report}
        yield Metadatum("link", "", link)


def _property(name: str, value: str) -> Metadatum:
    return Metadatum("meta", value, {"property": name})


def _repeated(name: str, values: Sequence[str]) -> Iterator[Metadatum]:
    return (_property(name, value) for value in values)


def _sufficient(described: int, undescribed: int) -> tuple[str, ...]:
    """Return the sets of senses that are enough to take in the whole book."""
    if undescribed:
        return ("textual,visual",)
    return ("textual", "textual,visual") if described else ("textual",)


def _features(chapters: Sequence[Chapter], described: int, undescribed: int) -> tuple[str, ...]:
    features = ["tableOfContents", "readingOrder", "structuralNavigation", "displayTransformability", "ARIA"]
    if described and not undescribed:
        features.append("alternativeText")
    if any("mathml" in chapter.features for chapter in chapters):
        features.append("MathML")
    if any("ruby" in chapter.features for chapter in chapters):
        features.append("rubyAnnotations")
    return tuple(features)


def _hazard(chapters: Sequence[Chapter]) -> str:
    """Return what could harm: a GIF may flash, and nothing else in the book moves."""
    moving = any(image.media_type == "image/gif" for chapter in chapters for image in chapter.images)
    return "unknown" if moving else "none"


def _summary(language: str, described: int, undescribed: int) -> str:
    sentences = [label(language, "accessibility_summary")]
    if undescribed:
        sentences.append(label(language, "accessibility_no_alternatives"))
    elif described:
        sentences.append(label(language, "accessibility_images"))
    return ("" if language.startswith(("ja", "zh")) else " ").join(sentences)
