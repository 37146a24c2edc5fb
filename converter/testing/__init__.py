"""What tests of a writer need: documents made by hand, random ones, and what any writer must do.

`builders` has the first, `strategies` the second, `contract` the third. What they import, pytest and Hypothesis, comes
with `pip install 'digest-converter[testing]'`.
"""

import pytest

pytest.register_assert_rewrite("converter.testing.contract")
