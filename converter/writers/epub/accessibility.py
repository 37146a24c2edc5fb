"""What the package says about accessibility: computed from the content, never assumed.

EPUB Accessibility 1.1, section 2.3; the terms are those of the schema.org accessibility vocabulary.
"""

from collections.abc import Iterator, Sequence

from converter.languages.labels import label
from converter.writers.epub.parts import Chapter, Metadatum

CONFORMANCE = "EPUB Accessibility 1.1 - WCAG 2.2 Level AA"


def accessibility(chapters: Sequence[Chapter], language: str, certifier: str) -> tuple[Metadatum, ...]:
    """Return the five schema.org properties, and the claim of conformance where a person makes it."""
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
        found.append(Metadatum("meta", CONFORMANCE, {"property": "dcterms:conformsTo", "id": "conformance"}))
        found.append(Metadatum("meta", certifier, {"property": "a11y:certifiedBy", "refines": "#conformance"}))
    return tuple(found)


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
