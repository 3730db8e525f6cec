"""A scenario file is taken whole or refused with file, line and field."""

from pathlib import Path
from typing import get_args

import pytest

from runner import scenario as scenarios
from runner.checks.catalogue import AnyCheck
from runner.scenario import KIT_ROOT, ScenarioError, find, load

WHOLE = (KIT_ROOT / "scenarios" / "pkg_batch.yaml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "cassettes" / "pkg_batch").mkdir(parents=True)
    (tmp_path / "cassettes" / "pkg_batch" / "cassette.jsonl").write_text("{}\n")
    return tmp_path


def refused(folder: Path, text: str) -> str:
    path = folder / "changed.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as error:
        load(path)
    message = str(error.value)
    assert "\n" not in message
    return message


def line_of(text: str, start: str) -> int:
    return next(i for i, line in enumerate(text.splitlines(), 1) if line.strip().startswith(start))


def test_the_scenario_that_is_shown_is_whole() -> None:
    scenario = load(find("pkg_batch"))
    assert scenario.dataset.companies == 90
    assert len(scenario.prompts) == 3
    assert all("\n" not in prompt.text and "  " not in prompt.text for prompt in scenario.prompts)
    assert scenario.ask, "at least one permission dialog opens on camera"


def test_a_misspelt_field_is_named_with_its_line(folder: Path) -> None:
    text = WHOLE.replace("  companies: 90", "  companeis: 90")
    message = refused(folder, text)
    assert f"changed.yaml:{line_of(text, 'companeis')}: field `dataset.companeis`" in message


def test_a_misspelt_field_is_told_as_itself_and_not_as_missing(folder: Path) -> None:
    text = WHOLE.replace("\ntitle:", "\ntitel:")
    assert f":{line_of(text, 'titel')}: field `titel`: is not a field here" in refused(folder, text)


def test_a_field_that_stands_twice_is_refused(folder: Path) -> None:
    assert "field `seed`: stands twice" in refused(folder, WHOLE + "seed: 3\n")


def test_a_pattern_that_is_no_regular_expression_is_refused(folder: Path) -> None:
    message = refused(folder, WHOLE.replace("'^python3 aggregate_pkg\\.py$'", "'^(python3'"))
    assert "ask.0.pattern" in message and "no regular expression" in message


def test_a_wrong_value_deep_in_a_scene_is_named_with_its_line(folder: Path) -> None:
    text = WHOLE.replace("      - marker: 異常値検出を依頼\n", "      - marker: ''\n")
    message = refused(folder, text)
    assert f":{line_of(text, '- marker: ' + chr(39) * 2)}: " in message
    assert "scenes.1.prompts.1.marker" in message


def test_a_missing_field_is_named(folder: Path) -> None:
    message = refused(folder, WHOLE.replace("held_out_seed: 20270402", "# gone"))
    assert "`held_out_seed`: is missing" in message


def test_broken_yaml_is_named_with_its_line(folder: Path) -> None:
    text = WHOLE + "scenes: [\n"
    assert "not valid YAML" in refused(folder, text)


def test_a_held_out_seed_that_holds_nothing_out_is_refused(folder: Path) -> None:
    message = refused(folder, WHOLE.replace("held_out_seed: 20270402", "held_out_seed: 20270401"))
    assert "nothing would be held out" in message


def test_a_prompt_that_claude_code_takes_as_a_command_is_refused(folder: Path) -> None:
    message = refused(folder, WHOLE.replace("          次に、要領", "          /次に、要領"))
    assert "may not start with" in message


def test_a_missing_cassette_is_named(tmp_path: Path) -> None:
    assert "no cassette.jsonl" in refused(tmp_path, WHOLE)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words"])
def test_a_file_that_is_no_mapping_is_refused(folder: Path, text: str) -> None:
    assert "a scenario is a mapping" in refused(folder, text)


def test_a_file_that_is_not_utf8_is_refused(folder: Path) -> None:
    (folder / "changed.yaml").write_bytes("title: 集計".encode("cp932"))
    with pytest.raises(ScenarioError, match="save the file as UTF-8"):
        load(folder / "changed.yaml")


def test_an_unknown_scenario_lists_the_known_ones() -> None:
    with pytest.raises(ScenarioError, match=r"no scenario 'pkg_bath'; available: .*pkg_batch"):
        find("pkg_bath")


def test_every_scenario_of_the_kit_is_whole() -> None:
    for name in scenarios.available():
        assert load(find(name)).scenario == name


# --- checks ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong", "line", "said"),
    [
        ("- check: totals ", "- check: total ", "- check: total ", "'total'"),
        ("- check: totals ", "- chek: totals ", "- chek: totals", "the field 'check' is missing"),
        ("    recall_min: 1.00", "    recal_min: 1.00", "recal_min", "field `checks.5.recal_min`: is not a field"),
        ("    recall_min: 1.00", "    recall_min: 1.90", "recall_min", "less than or equal to 1"),
        ("    kind_recall_min: 1.00", "    kind_recall_min: 0", "kind_recall_min", "greater than 0"),
        ("{fact: companies,", "{fact: firms,", "- {fact: firms", "'firms'"),
        ("basis: 提出値, segment", "basis: 提出, segment", "- {fact: total, basis: 提出,", "checks.6.facts.0.basis"),
        ("      - aggregate_pkg.py\n", "      - /etc/passwd\n", "- /etc/passwd", "field `checks.0.present.0`"),
        ("    recall_min: 1.00", "    recall_min: 1.00\n    recall_min: 1.00", None, "`recall_min`: stands twice"),
    ],
)  # fmt: skip
def test_a_wrong_check_is_named_with_line_and_field(
    folder: Path, right: str, wrong: str, line: str | None, said: str
) -> None:
    text = WHOLE.replace(right, wrong, 1)
    assert text != WHOLE
    message = refused(folder, text)
    assert said in message, message
    assert line is None or f"changed.yaml:{line_of(text, line)}: " in message, message


def test_two_checks_of_one_id_are_refused(folder: Path) -> None:
    once = "  - check: totals"
    text = WHOLE.replace(once, f"{once}\n{once}", 1)
    line = next(number for number, row in enumerate(text.splitlines(), 1) if row.startswith(once)) + 1
    message = refused(folder, text)
    assert f":{line}: field `checks.5`: another check has the id `totals` already" in message


@pytest.mark.parametrize("checks", ["", "checks: []\n"])
def test_a_scenario_that_checks_nothing_is_refused(folder: Path, checks: str) -> None:
    message = refused(folder, WHOLE[: WHOLE.index("checks:")] + checks)
    assert "field `checks`" in message


def test_the_document_names_every_kind_of_check_and_every_field() -> None:
    text = (KIT_ROOT / "docs" / "checks.md").read_text(encoding="utf-8")
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    kinds = {
        get_args(kind.model_fields["check"].annotation)[0]: kind for kind in get_args(get_args(AnyCheck)[0])
    }
    assert set(rows) == set(kinds)
    for name, kind in kinds.items():
        assert [field for field in kind.model_fields if f"`{field}`" not in rows[name]] in (
            ["id", "check"],
            ["check", "id"],
        )
