"""Messages that become files: whole, again the same, and never outside their folder."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from notifications.channels.channel import Channel, Failed, Parcel, Retry, Sent
from notifications.channels.folder import FolderChannel


def test_message_becomes_a_file_with_its_facts(tmp_path: Path, parcel: Parcel) -> None:
    channel: Channel = FolderChannel(tmp_path / "duban.db.messages")

    result = channel.send(parcel)

    assert result == Sent(provider_id="0007.json")
    written = json.loads((tmp_path / "duban.db.messages" / "0007.json").read_text("utf-8"))
    assert {k: written[k] for k in ("recipient", "unit", "items", "rung")} == {
        "recipient": "王然",
        "unit": "0307",
        "items": 3,
        "rung": "chase",
    }
    assert written["text"] == parcel.text
    assert written["at"] == "2012-03-31T00:30:00+00:00"


def test_second_try_leaves_one_file_and_no_rest(tmp_path: Path, parcel: Parcel) -> None:
    with FolderChannel(tmp_path) as channel:
        channel.send(parcel)
        channel.send(parcel)

    assert [path.name for path in tmp_path.iterdir()] == ["0007.json"]


def test_reader_of_the_earlier_file_keeps_it_whole(tmp_path: Path, parcel: Parcel) -> None:
    channel = FolderChannel(tmp_path)
    channel.send(parcel)
    with (tmp_path / "0007.json").open(encoding="utf-8") as opened_before:
        channel.send(replace(parcel, text="短"))

        assert json.load(opened_before)["text"] == parcel.text
    assert json.loads((tmp_path / "0007.json").read_text("utf-8"))["text"] == "短"


def test_extra_facts_cannot_replace_the_message(tmp_path: Path, parcel: Parcel) -> None:
    FolderChannel(tmp_path).send(replace(parcel, extra={"text": "别的", "items": 3}))

    assert json.loads((tmp_path / "0007.json").read_text("utf-8"))["text"] == parcel.text


@pytest.mark.parametrize("name", ["../0007", "a/b", "", ".hidden", "a\0b", "x" * 200])
def test_name_that_leaves_the_folder_fails(tmp_path: Path, parcel: Parcel, name: str) -> None:
    folder = tmp_path / "messages"

    result = FolderChannel(folder).send(replace(parcel, id=name))

    assert isinstance(result, Failed)
    assert result.code == "bad-id"
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_written_is_tried_again(tmp_path: Path, parcel: Parcel) -> None:
    (tmp_path / "messages").write_text("a file stands where the folder should be", encoding="utf-8")

    result = FolderChannel(tmp_path / "messages").send(parcel)

    assert isinstance(result, Retry)
    assert result.fault == "channel"


def test_extra_that_is_no_json_fails_for_good(tmp_path: Path, parcel: Parcel) -> None:
    result = FolderChannel(tmp_path).send(replace(parcel, extra={"unit": object()}))

    assert isinstance(result, Failed)
    assert list(tmp_path.iterdir()) == []


def test_parcel_without_a_zone_is_refused(parcel: Parcel) -> None:
    naive = datetime(2012, 3, 31, 8, 30)  # noqa: DTZ001

    with pytest.raises(ValueError, match="no zone"):
        replace(parcel, at=naive)
