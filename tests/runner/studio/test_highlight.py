"""TAKE/video/ is made as a whole or not at all; every way to fail is one line, with its exit code."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from runner import child
from runner.cast import Cast, read_cast, write_cast
from runner.highlighting import HighlightError, make_highlight
from runner.record import changed_files, read_run, write_run
from runner.scenario import KIT_ROOT
from runner.studio import ffmpeg, fonts
from runner.studio.editing import keep
from runner.studio.editor import Edit
from runner.studio.facts import facts_of
from runner.studio.highlight import NO_PROMPTS, Highlight, planned
from runner.studio.policy import Policy
from runner.studio.replay import screen_at
from runner.studio.take import open_take
from runner.studio.timeline import Clip, Timeline
from tests.runner.running import cli
from tests.runner.studio.stories import story

CURATED = KIT_ROOT / "recordings" / "pkg_batch" / "curated"
SCENARIO = (KIT_ROOT / "scenarios" / "pkg_batch.yaml").read_text(encoding="utf-8")
STORY = """
story:
  budget_s: 11
  title: {heading: '子会社{companies}社', seconds: 1}
  scenes:
    - chapter: 提出されたPKG
      from: 提出されたPKGを確認
      to: {marker: 提出されたPKGを確認：結果, after_s: 1}
      captions: [{text: 'PKGは{pkg_files}件'}]
  verdict: {chapter: 検算, heading: 検算, seconds: 1}
  closing: {heading: おわり, seconds: 1}
"""


@pytest.fixture(scope="module")
def short(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The curated take up to where the agent starts, without its large files, judged by the totals alone."""
    folder = tmp_path_factory.mktemp("short") / "take"
    (folder / "work").mkdir(parents=True)
    for name in ("run.json", "manifest.json", "cassette.jsonl"):
        shutil.copy(CURATED / name, folder / name)
    for script in (CURATED / "work").glob("*.py"):
        shutil.copy(script, folder / "work" / script.name)
    cast = read_cast(CURATED / "session.cast")
    (start_s,) = [time_s for time_s, label in cast.markers if label == "エージェントを起動"]
    write_cast(folder / "session.cast", keep(cast, 0, start_s + 1))
    verdict = json.loads((CURATED / "verdict.json").read_text(encoding="utf-8"))
    verdict["checks"] = [check for check in verdict["checks"] if check["id"].startswith("seen.totals.")]
    (folder / "verdict.json").write_text(json.dumps(verdict), encoding="utf-8")
    write_run(folder, read_run(folder))
    return folder


@pytest.fixture
def take(short: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    shutil.copytree(short, tmp_path / "take")
    return tmp_path / "take"


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    """A scenario whose story takes seconds."""
    (tmp_path / "cassettes" / "pkg_batch").mkdir(parents=True)
    (tmp_path / "cassettes" / "pkg_batch" / "cassette.jsonl").write_text("{}\n")
    path = tmp_path / "short.yaml"
    path.write_text(SCENARIO.split("\nstory:")[0] + STORY, encoding="utf-8")
    return path


def made(take: Path, scenario: Path, policy: Path | None = None) -> Highlight:
    return make_highlight(take, None, "dark", policy, str(scenario), Console(stderr=True, quiet=True))


def recast(take: Path, change: Callable[[str], str]) -> None:
    """Another session.cast, as if it had been recorded so."""
    text = change((take / "session.cast").read_text(encoding="utf-8"))
    (take / "session.cast").write_text(text, encoding="utf-8")
    run = json.loads((take / "run.json").read_text(encoding="utf-8"))
    run["files"]["session.cast"] = hashlib.sha256(text.encode()).hexdigest()
    (take / "run.json").write_text(json.dumps(run), encoding="utf-8")


def ends(edit: Edit) -> list[float]:
    """The last instants of the recording that a film shows."""
    return [item.end_s for item in edit.timeline.items if isinstance(item, Clip)][-1:]


def text_at(cast: Cast, time_s: float) -> str:
    return "\n".join(screen_at(cast, time_s).rows())


def left_behind(take: Path) -> list[str]:
    return [path.name for path in take.iterdir() if "video" in path.name]


def test_the_folder_holds_all_of_it_and_the_record_of_the_take_still_holds(
    take: Path, scenario: Path
) -> None:
    highlight = made(take, scenario)
    video = take / "video"
    assert {path.name for path in highlight.files} == {path.name for path in video.iterdir()}
    assert (video / "highlight.mp4").read_bytes()[4:8] == b"ftyp"
    gif = (video / "highlight.gif").read_bytes()
    assert gif.startswith(b"GIF89a") and len(gif) <= 3_000_000
    told = facts_of(open_take(take)).values
    assert f"PKGは{told['pkg_files']}件" in (video / "highlight.vtt").read_text(encoding="utf-8")
    assert [path.name for path in sorted(video.glob("chapter-*.png"))] == [
        "chapter-01-提出されたPKG.png",
        "chapter-02-検算.png",
    ]
    page = (video / "index.html").read_text(encoding="utf-8")
    assert "台本による操作見本です" in page and told["total_checks"] in page
    plan = json.loads((video / "highlight.json").read_text(encoding="utf-8"))
    timeline = Timeline.model_validate(plan["timeline"])
    assert timeline.badge == "リハーサル（台本による応答）" and highlight.duration_s <= 11
    assert left_behind(take) == ["video"]
    assert changed_files(take, read_run(take)) == []


def test_a_policy_may_hide_a_word_that_the_story_waits_for(take: Path) -> None:
    opened = open_take(take)
    waits = story({"chapter": "提出", "to": {"screen": "input/PKG"}})
    plain, edit, _ = planned(opened, waits, 60, "dark")
    cast, hidden, _ = planned(opened, waits, 60, "dark", Policy(users=("input",)))
    assert any("連結決算 $ ls input" in text_at(plain, end) for end in ends(edit))
    assert hidden.timeline == edit.timeline and hidden.notes == edit.notes
    assert cast.duration_s == plain.duration_s
    assert not any("input" in text_at(cast, end) for end in ends(edit))


def test_a_take_without_the_words_of_its_prompts_says_so(take: Path) -> None:
    opened = open_take(take)
    for words, expected in (({"prompt": "集計してください"}, False), ({}, True)):
        turns = [{"marker": "集計を依頼", **words}]
        known = replace(opened, run=opened.run.model_copy(update={"turns": turns}))
        _, edit, _ = planned(known, story({"chapter": "提出", "to": "エージェントを起動"}), 60, "dark")
        assert (NO_PROMPTS in edit.notes) is expected


def test_a_word_that_survives_on_any_frame_stops_the_film(take: Path, scenario: Path, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text("users: [田中]\n", encoding="utf-8")
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("子会社{", "田中の{"), encoding="utf-8")
    with pytest.raises(
        HighlightError, match=r"at 0\.0 s the film still shows what the policy hides"
    ) as refused:
        made(take, scenario, policy)
    assert refused.value.code == 5 and "田中" not in str(refused.value)
    assert left_behind(take) == []


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda take: (take / "session.cast").unlink(), "no recording here"),
        (lambda take: recast(take, lambda text: text[: len(text) // 2]), "cut short"),
        (lambda take: recast(take, lambda text: text.replace('"m"', '"i"')), "no markers"),
        (lambda take: (take / "run.json").unlink(), "the take was interrupted"),
        (lambda take: (take / "verdict.json").write_text("{}"), r"not as recorded \(.*: verdict\.json\)"),
        (lambda take: (take / "audit.jsonl").write_text("{}"), r"not as recorded \(.*: audit\.jsonl\)"),
        (lambda take: recast(take, lambda text: text.replace('"version": 2', '"version": 9')), "version"),
    ],
    ids=["no cast", "truncated", "no markers", "interrupted", "changed", "added", "wrong version"],
)
def test_a_take_that_gives_no_film_is_told_in_one_line(
    take: Path, scenario: Path, spoil: Callable[[Path], object], told: str
) -> None:
    spoil(take)
    with pytest.raises(HighlightError, match=told) as refused:
        made(take, scenario)
    assert refused.value.code == 2 and "\n" not in str(refused.value)
    assert left_behind(take) == []


def test_a_missing_font_and_a_missing_ffmpeg_are_the_kits_fault(
    take: Path,
    scenario: Path,
    monkeypatch: pytest.MonkeyPatch,
    forget_glyphs: Callable[[], None],
    tmp_path: Path,
) -> None:
    with monkeypatch.context() as without:
        without.setattr(ffmpeg, "find_spec", lambda name: None)
        with pytest.raises(HighlightError, match="ffmpeg is missing") as refused:
            made(take, scenario)
        assert refused.value.code == 4 and left_behind(take) == []
    with monkeypatch.context() as without:
        without.setattr(fonts, "PACKAGE", tmp_path / "nowhere")
        forget_glyphs()
        with pytest.raises(HighlightError) as refused:
            made(take, scenario)
        assert refused.value.code == 4 and left_behind(take) == []
    forget_glyphs()


def test_the_film_that_was_there_stays_when_a_new_one_fails(take: Path, scenario: Path) -> None:
    (take / "video").mkdir()
    (take / "video" / "highlight.mp4").write_text("old")
    program = f'"{sys.executable}" -B'  # under such a limit Python 3.11 itself leaves half a .pyc behind
    limited = f'ulimit -f 4; exec {program} -m runner.cli highlight "{take}" --scenario "{scenario}"'
    done = child.run(["bash", "-c", limited], cwd=KIT_ROOT, timeout_s=120)
    said = done.stderr.decode().splitlines()[-1]
    assert done.returncode == 4 and said.startswith("swallow-demo: "), done.stderr.decode()
    assert left_behind(take) == ["video"] and (take / "video" / "highlight.mp4").read_text() == "old"


def test_an_interrupted_film_leaves_nothing(take: Path, scenario: Path) -> None:
    command = [sys.executable, "-m", "runner.cli", "highlight", str(take), "--scenario", str(scenario)]
    with child.start(command, cwd=KIT_ROOT, stdout=child.DEVNULL, stderr=child.PIPE) as running:
        assert running.stderr is not None
        assert any("映像を作成".encode() in line for line in running.stderr)
        os.kill(running.pid, signal.SIGTERM)
        said = running.stderr.read().decode()
        assert running.wait(60) == 130
    assert said.splitlines()[-1].startswith("swallow-demo: ") and "interrupted" in said
    assert left_behind(take) == []


def test_the_command_line_refuses_a_budget_that_is_too_small_with_the_least_one(
    take: Path, scenario: Path
) -> None:
    scenario.write_text(scenario.read_text(encoding="utf-8").replace("seconds: 1", "seconds: 9"))
    finished = cli("highlight", str(take), "--scenario", str(scenario), "--budget", "12")
    assert finished.code == 2
    assert "12 s cannot hold this story" in finished.err and "give --budget" in finished.err
