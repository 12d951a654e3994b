"""Files are written whole or not at all."""

from __future__ import annotations

import pytest

from duban.files import write_file


def test_a_file_is_replaced_and_nothing_is_left_beside_it(tmp_path):
    place = tmp_path / "活动.yaml"
    place.write_text("旧")

    write_file(place, "新")

    assert place.read_text(encoding="utf-8") == "新"
    assert [path.name for path in tmp_path.iterdir()] == ["活动.yaml"]


def test_what_cannot_be_written_leaves_the_old_file_and_names_its_place(tmp_path):
    folder = tmp_path / "没有"

    with pytest.raises(FileNotFoundError) as refused:
        write_file(folder / "活动.yaml", "新")

    assert refused.value.filename == str(folder / "活动.yaml")
