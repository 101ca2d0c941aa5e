"""Every command bears every kind of damage to the files of a site; `python -m tests.damage` tries all files."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.damage import COMMANDS, Damage, is_read, make_healthy_site, one_damage_of_each_kind, run_damaged, upstreams
from tests.session import make_once

DAMAGES = {damage.name: damage for damage in one_damage_of_each_kind()}


def test_there_are_at_least_forty_kinds_of_damage() -> None:
    assert len(DAMAGES) >= 40


@pytest.mark.fault(44, 47, 48, 49)
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_no_command_raises_hangs_or_changes_a_healthy_file_whatever_is_damaged(damage: Damage, tmp_path: Path) -> None:
    with upstreams():
        healthy = make_once("a-healthy-site", make_healthy_site)
        for name, command in COMMANDS.items():
            if is_read(damage, name):
                try:
                    run_damaged(healthy, tmp_path / "damaged", damage, command)
                except BaseException as e:
                    e.add_note(f"the command is: {name}")
                    raise
