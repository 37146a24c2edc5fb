"""How much one post may ask for, and what holds work to it."""

from converter.limits.values import DEFAULT as DEFAULT
from converter.limits.values import FetchLimits as FetchLimits
from converter.limits.values import Limits as Limits
