"""Turn posts with front matter into EPUB, PDF and Markdown digests.

The names below are what other tools may rely on. They are imported when they are first used, so that the command line
starts at once. Nothing is imported here before: who interrupts the program meanwhile would see a traceback.
"""

TYPE_CHECKING = False  # what checkers of types take for true, without the import
if TYPE_CHECKING:
    from converter.api import link_posts, read_post, render, render_files, with_images
    from converter.config import Config, Options, load_config
    from converter.diagnostics import Code, ConverterError, Diagnostic, Severity, SourceError, UsageError, WriterError
    from converter.digest import DigestSpec, compile_digests
    from converter.model import Asset, Digest, Metadata, Period, PeriodKind, Post, Section, Site
    from converter.pipeline.load import Loaded, load_posts
    from converter.pipeline.report import Report
    from converter.pipeline.run import build
    from converter.reading import CleaningRule
    from converter.writers import File

__version__ = "0.1.0"

__all__ = [  # noqa: RUF022  (sorted without regard to case)
    "Asset",
    "build",
    "CleaningRule",
    "Code",
    "compile_digests",
    "Config",
    "ConverterError",
    "Diagnostic",
    "Digest",
    "DigestSpec",
    "File",
    "link_posts",
    "load_config",
    "load_posts",
    "Loaded",
    "Metadata",
    "Options",
    "Period",
    "PeriodKind",
    "Post",
    "read_post",
    "render",
    "render_files",
    "Report",
    "Section",
    "Severity",
    "Site",
    "SourceError",
    "UsageError",
    "with_images",
    "WriterError",
]

_HOMES = {
    "config": ("Config", "Options", "load_config"),
    "diagnostics": ("Code", "ConverterError", "Diagnostic", "Severity", "SourceError", "UsageError", "WriterError"),
    "digest": ("DigestSpec", "compile_digests"),
    "api": ("link_posts", "read_post", "render", "render_files", "with_images"),
    "reading": ("CleaningRule",),
    "writers": ("File",),
    "model": ("Asset", "Digest", "Metadata", "Period", "PeriodKind", "Post", "Section", "Site"),
    "pipeline.load": ("Loaded", "load_posts"),
    "pipeline.run": ("build",),
    "pipeline.report": ("Report",),
}


def __getattr__(name: str) -> object:
    from importlib import import_module

    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"converter.{home}"), name)
    raise AttributeError(f"module 'converter' has no attribute '{name}'")


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
