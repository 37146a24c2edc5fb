"""Posts by their periods, some of which are sealed -> the posts of those that are not, late ones included."""

from collections.abc import Mapping, Sequence, Set
from datetime import date, timedelta

from msgspec import Struct

from converter.digest.periods import day_after, period_at
from converter.model import Period, Post


class Closed(Struct, frozen=True):
    """The sealed editions of one definition."""

    posts: Mapping[Period, Set[str]]
    """The keys of the posts of each: those that are in it, and those that it had to leave out."""
    today: date
    reopens: bool
    """Whether a late post has its edition made again; if not, it is in the next one."""

    def open(self, groups: Mapping[Period, list[Post]]) -> tuple[dict[Period, list[Post]], Set[str]]:
        """Return the posts of the periods that are to be made, and the keys of those that come late to them."""
        known = set[str]().union(*self.posts.values())
        reopened = {
            period
            for period, posts in groups.items()
            if self.reopens and period in self.posts and any(post.key not in known for post in posts)
        }
        published = set[str]().union(*(keys for period, keys in self.posts.items() if period not in reopened))
        rest = {period: [post for post in posts if post.key not in published] for period, posts in groups.items()}
        found = {
            period: posts
            for period, posts in rest.items()
            if posts and (period in reopened or period not in self.posts)
        }
        days = sorted(period.first for period in found if period.first)
        late = {period: posts for period, posts in rest.items() if posts and period not in found}
        for period, posts in late.items():
            found.setdefault(self._next(period, days), []).extend(posts)
        return found, {post.key for posts in late.values() for post in posts}

    def _next(self, period: Period, days: Sequence[date]) -> Period:
        """Return the first period after a sealed one that begins on one of the days, else that of today."""
        last = period.last or date.min
        later = next((day for day in days if day > last), None)
        found = period_at(later or max(self.today, day_after(last)), period.kind)
        while found in self.posts and found.last and found.last < date.max:
            found = period_at(found.last + timedelta(days=1), found.kind)
        return found
