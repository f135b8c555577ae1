"""Places for files are checked before anything is computed for them."""

from __future__ import annotations

import re

import pytest

from landscape import LandscapeError
from landscape.files import check_target, check_whole_folder


@pytest.mark.parametrize("name", ["a" * 300, "nul\0l", "b" * 5000])
def test_names_that_no_disk_has_are_sentences(tmp_path, name):
    for check in (check_target, lambda path: check_whole_folder(path, re.compile("a"), "clips")):
        with pytest.raises(LandscapeError, match=r"cannot be (written|used)"):
            check(tmp_path / name)
