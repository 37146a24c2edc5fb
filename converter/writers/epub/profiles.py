"""Whose habits a book allows for: what each profile asks of pages and images."""

from typing import Literal

from msgspec import Struct

from converter.writers.images import EVERYWHERE, ImageOptions

Profile = Literal["generic", "kindle", "kobo", "small"]
"""Whose habits a book allows for."""


class Habits(Struct, frozen=True, kw_only=True):
    """What reading systems of a kind show, and what they take."""

    megabytes: int = 0
    """The greatest size of a file; 0 for none."""
    image_side: int = 10_000
    """Pixels of the longest side of an image that they have the memory for."""
    cover_side: int = 2400
    grey: bool = False
    """Whether they have no colours."""
    image_types: frozenset[str] = EVERYWHERE
    progressive: bool = True
    """Whether they show JPEG that comes in several passes."""
    rasters_in_svg: bool = True
    """Whether they take drawings that hold photographs."""

    def images(self, longest_side: int, *, grey: bool) -> ImageOptions:
        """Return how images are stored, where the user wants these at the most."""
        return ImageOptions(
            min(longest_side, self.image_side),
            grey or self.grey,
            rasters_in_svg=self.rasters_in_svg,
            types=self.image_types,
            progressive=self.progressive,
        )


HABITS: dict[Profile, Habits] = {
    "generic": Habits(),
    # What Send to Kindle takes by mail; from its web page it takes 200, it says.
    "kindle": Habits(megabytes=50, rasters_in_svg=False),
    "kobo": Habits(progressive=False),
    # E-readers with a few hundred kilobytes of memory (ESP32) and a grey screen of 480 to 600 by 800 pixels.
    "small": Habits(
        image_side=800,
        cover_side=800,
        grey=True,
        image_types=frozenset({"image/jpeg", "image/png"}),
        progressive=False,
        rasters_in_svg=False,
    ),
}
