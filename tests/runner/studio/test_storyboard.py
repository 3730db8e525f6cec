"""A story in a scenario file is taken whole or refused with file, line and field."""

from __future__ import annotations

from pathlib import Path

import pytest

from runner.scenario import KIT_ROOT, ScenarioError, load
from runner.studio.storyboard import typed_figure

WHOLE = (KIT_ROOT / "scenarios" / "pkg_batch.yaml").read_text(encoding="utf-8")
CAPTION = "        - text: 金額の誤りをセルまで特定。各社への照会の下書きになります\n"


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
    assert "\n" not in str(error.value)
    return str(error.value)


def changed(old: str, new: str) -> str:
    assert old in WHOLE
    return WHOLE.replace(old, new, 1)


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


def test_an_unknown_marker_is_refused_with_its_line_and_the_known_ones(folder: Path) -> None:
    text = changed("      to: 集計を依頼：完了\n", "      to: 集計を依頼：終了\n")
    message = refused(folder, text)
    assert (
        f"changed.yaml:{line_of(text, '集計を依頼：終了')}: field `story.scenes.3.to`: no marker" in message
    )
    assert "known: 「提出されたPKGを確認」、" in message and "「確認に答える」" in message


def test_an_unknown_placeholder_is_refused_with_the_known_ones(folder: Path) -> None:
    message = refused(folder, changed(CAPTION, CAPTION.replace("誤りをセルまで", "誤りを{rows}件のセルまで")))
    assert "unknown placeholder {rows}; known: {companies}, " in message


@pytest.mark.parametrize(
    "figure", ["48件の一覧表", "４８件の一覧表", "「48件」の一覧表", "第5四半期の一覧表"]
)
def test_a_figure_typed_by_hand_is_refused(folder: Path, figure: str) -> None:
    text = changed(CAPTION, CAPTION.replace("金額の誤り", figure))
    message = refused(folder, text)
    assert f":{line_of(text, figure)}: field `story.scenes.6.captions.0.text`: the figure" in message
    assert "typed by hand" in message


def test_digits_may_stand_in_a_quoted_prompt_a_placeholder_and_the_quarters_name() -> None:
    prompts = ["確認すべきことを3行程度でまとめてください。"]
    assert typed_figure("「3行程度でまとめてください」と頼みます", prompts) is None
    assert typed_figure("第1四半期の{companies}社", prompts) is None
    assert typed_figure("「4行程度で」と頼みます", prompts) == "4"


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "    - chapter: スクリプト自動生成\n",
            "    - chaptre: スクリプト自動生成\n",
            "`story.scenes.2.chaptre`: is not a",
        ),
        ("      max_ramp: 4\n", "      max_ramp: 0.5\n", "`story.scenes.3.max_ramp`"),
        ("    seconds: 7\n", "", "`story.closing.seconds`: is missing"),
        (
            "    - chapter: '{companies}社のPKG'\n      from:",
            "    - from:",
            "the first scene has no `chapter`",
        ),
        ("at: {screen: Write(pkg_reader.py)}", "at: {after_s: 3}", "give either `marker` or `screen`"),
    ],
)
def test_a_broken_story_is_named_with_its_field(folder: Path, old: str, new: str, told: str) -> None:
    assert told in refused(folder, changed(old, new))


def test_a_scenario_may_have_no_story(folder: Path) -> None:
    (folder / "plain.yaml").write_text(WHOLE.split("\nstory:")[0] + "\n", encoding="utf-8")
    assert load(folder / "plain.yaml").story is None
