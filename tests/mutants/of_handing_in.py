"""Mutants of what is handed in around the tables: the agent's own files, the summary, the input, how scripts ended.

`mutants` gives them in a fixed order; files and evidence are changed on a `Desk`, no program runs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from openpyxl import load_workbook

from runner.checks.input_listing import InputFile
from runner.checks.read_outputs import TOTALS_FILE
from runner.verdict import RerunEvidence, ScriptRun
from tests.graded_work import SCRIPTS, SUMMARY
from tests.mutants.of_report import CELL, CHECK
from tests.mutants.of_totals import amount
from tests.mutants.work import AMOUNT, LABELS, REPORT_FILE, Desk, Label, Mutant

OUTPUTS = (f"output/{TOTALS_FILE}", f"output/{REPORT_FILE}", SUMMARY)
FACTS, TERMS, LEAKS, OWN = "facts", "terms", "leaks.absent", "own_output"
OBSERVED, EXPECTED, WHY = CHECK + 1, CHECK + 2, CHECK + 3
Spoil = Callable[[Desk], None]


# ---------------------------------------------------------------- the agent's own tables, not as its scripts make them


def _own_figure(desk: Desk, number: int, step: int) -> None:
    rows = desk.right.totals("seen")
    rows[number * 97 % len(rows)][AMOUNT] = amount(rows[number * 97 % len(rows)]) + step
    desk.totals["work"] = rows


def _own_row_lost(desk: Desk) -> None:
    desk.totals["work"] = desk.right.totals("seen")[:-1]


def _own_report(desk: Desk, column: int, value: str) -> None:
    rows = desk.right.report("seen")
    row = next(row for row in rows if row[CELL])
    row[column] = value
    desk.report["work"] = rows


def _own_finding_lost(desk: Desk) -> None:
    desk.report["work"] = desk.right.report("seen")[1:]


def _own_finding_added(desk: Desk) -> None:
    desk.report["work"] = [*desk.right.report("seen"), ["0099", "03_BS", "E5", "B01", "1", "2", "手で追加"]]


def _rerun_differs(desk: Desk) -> None:
    """The scripts make nothing of it again: only the agent's own table is right."""
    rows = desk.right.totals("seen")
    rows[0][AMOUNT] = amount(rows[0]) + 1
    desk.totals["seen"] = rows


def _own() -> Iterator[Mutant]:
    for number, step in enumerate((1, -1, 1000, -7)):
        yield Mutant(
            f"own figure {number} is off by {step}",
            "own output",
            partial(_own_figure, number=number, step=step),
            (OWN,),
            exactly=False,
        )
    spoilt: tuple[tuple[str, Spoil], ...] = (
        ("a row of the own table is lost", _own_row_lost),
        ("the own list has another cell", partial(_own_report, column=CELL, value="Z99")),
        ("the own list has another check", partial(_own_report, column=CHECK, value="F01")),
        ("the own list has another reported value", partial(_own_report, column=OBSERVED, value="12345")),
        ("the own list has another expected value", partial(_own_report, column=EXPECTED, value="54321")),
        ("a finding of the own list is lost", _own_finding_lost),
        ("a finding of the own list was added", _own_finding_added),
        ("the rerun gives another figure than the own table", _rerun_differs),
    )
    for name, spoil in spoilt:
        yield Mutant(name, "own output", spoil, (OWN,), exactly=False)


# ---------------------------------------------------------------- the summary


def _text(change: Callable[[str, Desk], str]) -> Spoil:
    def spoil(desk: Desk) -> None:
        before = desk.text
        desk.text = change(before, desk)
        assert desk.text != before, "changes nothing"

    return spoil


def _digit(text: str, desk: Desk, amount_number: int, place: int) -> str:
    """Another digit at one place of the first or second amount."""
    found = list(re.finditer(r"\d{1,3}(?:,\d{3})+", text))[amount_number]
    places = [i for i in range(found.start(), found.end()) if text[i].isdigit()]
    at = places[place]
    return text[:at] + str((int(text[at]) + 3) % 10 or 1) + text[at + 1 :]


def _excluded(text: str) -> list[str]:
    return re.findall(r"\d{4}(?=[、\n])", text[text.index("除外") :])


def _companies(text: str, desk: Desk, number: int) -> str:
    """A company left out, another one in its place, all of the group, or none."""
    codes = _excluded(text)
    group = sorted({f.company_code for f in desk.right.data["seen"].manifest.files if f.company_code})
    listed = "、".join(codes)
    quiet = next(code for code in group if code not in codes)
    others = (codes[1:], [quiet, *codes[1:]], group, ["なし"], codes[:1])[number]
    return text.replace(listed, "、".join(others))


def _of_other_data(text: str, desk: Desk) -> str:
    known = {(t.basis, t.segment, t.code): t.amount for t in desk.right.answers["heldout"].totals}
    figures = [f"{known[basis, '全社', '4101']:,}" for basis in ("提出値", "修正後")]
    return re.sub(r"\d{1,3}(?:,\d{3}){2,}", lambda _: figures.pop(0), text)


def _segment_as_the_group(text: str, desk: Desk) -> str:
    """Both right totals, and a segment's own beside them as that of 全社."""
    known = {(t.basis, t.segment, t.code): t.amount for t in desk.right.answers["seen"].totals}
    return text + f"全社の売上高は提出値 {known['提出値', '部品', '4101']:,}千円です。\n"


def _amounts_exchanged(text: str, desk: Desk) -> str:
    one, other = re.findall(r"\d{1,3}(?:,\d{3})+", text)[:2]
    return text.replace(one, "@").replace(other, one).replace("@", other)


def _summary() -> Iterator[Mutant]:
    for number in (0, 1):
        for place in (0, 1, 4, -1):
            yield Mutant(
                f"digit {place} of amount {number} of the summary",
                "summary: facts",
                _text(partial(_digit, amount_number=number, place=place)),
                (FACTS,),
            )
    for number, name in enumerate(("one left out", "another one", "all of the group", "none", "only one")):
        yield Mutant(
            f"the excluded companies of the summary: {name}",
            "summary: facts",
            _text(partial(_companies, number=number)),
            (FACTS,),
        )
    figures: tuple[tuple[str, Callable[[str, Desk], str]], ...] = (
        ("in millions", lambda text, desk: text.replace("千円", "百万円")),
        ("in yen", lambda text, desk: text.replace("千円", "円")),
        ("exchanged", _amounts_exchanged),
        ("of other data", _of_other_data),
        ("of a segment as those of 全社", _segment_as_the_group),
        ("negative", lambda text, desk: re.sub(r"(\d{1,3}(?:,\d{3})+)", r"△\1", text)),
        ("left out", lambda text, desk: re.sub(r"\d{1,3}(?:,\d{3})+千円", "増加", text)),
        ("of one basis", lambda text, desk: re.sub(r"提出値 [\d,]+千円、", "", text)),
        ("under another account", lambda text, desk: text.replace("売上高", "売上原価")),
        ("with one beside it that is nowhere", lambda t, desk: t + "売上高は前年の9,876,543千円から増えました。\n"),
        ("vague", lambda text, desk: re.sub(r"(\d)[\d,]+千円", r"約\1兆円", text)),
    )  # fmt: skip
    for name, change in figures:
        yield Mutant(f"figures of the summary: {name}", "summary: facts", _text(change), (FACTS,))
    terms: tuple[tuple[str, Callable[[str, Desk], str]], ...] = (
        ("連結売上高", lambda text, desk: text + "\n連結売上高は上のとおりです。\n"),
        ("連結ベース", lambda text, desk: text.replace("全社", "連結ベース・全社")),
        ("broken over a line", lambda text, desk: text + "以上は連\n結の数値です。\n"),
        ("連結決算", lambda text, desk: text + "連結決算要領による連結決算の結果です。\n"),
        ("no name for the sum", lambda text, desk: text.replace("子会社合算・内部取引消去後", "グループ計")),
        ("half of the name", lambda text, desk: text.replace("・内部取引消去後", "")),
    )
    for name, change in terms:
        yield Mutant(f"terms of the summary: {name}", "summary: terms", _text(change), (TERMS,))
    yield Mutant("an empty summary", "summary: terms", _text(lambda text, desk: ""), (FACTS, TERMS))


# ---------------------------------------------------------------- files


def _on_file(path: str, change: Callable[[Path, Desk], None]) -> Spoil:
    """`path` is relative to the trial: work/…, seen/…, heldout/…"""

    def spoil(desk: Desk) -> None:
        desk.finish.append(lambda folder: change(folder / path, desk))

    return spoil


def _remove(path: Path, desk: Desk) -> None:
    path.unlink()


def _empty(path: Path, desk: Desk) -> None:
    path.write_bytes(b"")


def _link(path: Path, desk: Desk) -> None:
    path.unlink()
    path.symlink_to(desk.right.files / "seen" / "output" / path.name)


def _folder(path: Path, desk: Desk) -> None:
    path.unlink()
    path.mkdir()


def _pipe(path: Path, desk: Desk) -> None:
    path.unlink()
    os.mkfifo(path)


def _cut(path: Path, desk: Desk) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _noise(path: Path, desk: Desk) -> None:
    path.write_bytes(bytes(range(128, 256)) * 40)


def _hold_the_canary(path: Path, desk: Desk) -> None:
    """The name of the data that the agent never saw, in a cell, a row or a line of its own."""
    name = desk.right.data["heldout"].dataset_id
    if path.suffix == ".xlsx":
        book = load_workbook(path)
        book.create_sheet("メモ")["A1"] = name
        book.save(path)
    else:
        with path.open("a", encoding="utf-8") as stream:
            stream.write(f"\n{name}\n")


def _named_like_a_secret(path: Path, desk: Desk) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}", encoding="utf-8")


def _files() -> Iterator[Mutant]:
    for name in (*SCRIPTS, *OUTPUTS):
        yield Mutant(
            f"{name} is missing", "files: not delivered", _on_file(f"work/{name}", _remove), ("deliverables",)
        )
    ways: tuple[tuple[str, Callable[[Path, Desk], None]], ...] = (
        ("empty", _empty),
        ("a link", _link),
        ("a folder", _folder),
        ("a pipe", _pipe),
    )
    for way, change in ways:
        for name in OUTPUTS[:2] if way != "empty" else OUTPUTS:
            spoil = _on_file(f"work/{name}", change)
            yield Mutant(f"{name} is {way}", "files: not delivered", spoil, ("deliverables",))
    for label in LABELS:
        for way, change in (*ways, ("cut off", _cut), ("noise", _noise), ("gone", _remove)):
            spoil = _on_file(f"{label}/output/{TOTALS_FILE}", change)
            caught_by = (f"{label}.totals.form", f"{label}.totals.corrected.group")
            name = f"what the rerun on {label} wrote is {way}"
            yield Mutant(name, "files: not made by the rerun", spoil, caught_by, exactly=False)
    for way, change in (("a link", _link), ("noise", _noise), ("gone", _remove)):
        spoil = _on_file(f"heldout/output/{REPORT_FILE}", change)
        caught_by = ("heldout.anomalies.form", "heldout.anomalies.recall")
        yield Mutant(f"the list of the rerun is {way}", "files: not made by the rerun", spoil, caught_by)
    for place in (f"work/{OUTPUTS[0]}", f"work/{OUTPUTS[1]}", f"work/{SUMMARY}", f"seen/{OUTPUTS[0]}"):
        spoil = _on_file(place, _hold_the_canary)
        yield Mutant(f"the canary in {place}", "files: leaks", spoil, (LEAKS,), exactly=False)
    for place in ("work/answers.json", "work/output/answers_detail.jsonl", "work/cache/mistakes.jsonl"):
        spoil = _on_file(place, _named_like_a_secret)
        yield Mutant(f"{place} is there", "files: leaks", spoil, (LEAKS,))
    spoil = _on_file("heldout/output/answers.json", _named_like_a_secret)
    yield Mutant("a rerun left answers.json", "files: leaks", spoil, (LEAKS,))


# ---------------------------------------------------------------- input and evidence


def _input(change: Callable[[list[InputFile]], None]) -> Spoil:
    def spoil(desk: Desk) -> None:
        files = list(desk.listing.files)
        change(files)
        desk.listing = desk.listing.model_copy(update={"files": files})

    return spoil


def _rewrite(files: list[InputFile], number: int, digest: str) -> None:
    files[number] = files[number].model_copy(update={"sha256": digest})


def _inputs() -> Iterator[Mutant]:
    more = InputFile(path="PKG_9999_2027Q1_v1.xlsx", bytes=1, sha256="0" * 64)
    spoilt: tuple[tuple[str, Callable[[list[InputFile]], None]], ...] = (
        ("a book is rewritten", partial(_rewrite, number=3, digest="0" * 64)),
        ("the rules are rewritten", partial(_rewrite, number=-1, digest="1" * 64)),
        ("a book is a link", partial(_rewrite, number=50, digest="")),
        ("a book is gone", lambda files: files.pop(7) and None),
        ("a book was added", lambda files: files.append(more)),
        ("all is gone", lambda files: files.clear()),
    )
    for name, change in spoilt:
        yield Mutant(f"input/: {name}", "input", _input(change), ("input",))


def _evidence(label: Label, script: str, **how: object) -> Spoil:
    def spoil(desk: Desk) -> None:
        runs = [
            run.model_copy(update=how) if run.script == script else run
            for run in desk.evidence[label].scripts
        ]
        desk.evidence[label] = RerunEvidence(scripts=[ScriptRun(**run.model_dump()) for run in runs])

    return spoil


def _drive(desk: Desk, failure: str) -> None:
    desk.drive_failure = "timeout" if failure == "timeout" else "protocol"


def _reruns() -> Iterator[Mutant]:
    endings: tuple[tuple[str, dict[str, object]], ...] = (
        ("ends with 1", {"exit_code": 1, "stderr_tail": "ZeroDivisionError"}),
        ("runs out of time", {"exit_code": None, "timed_out": True, "limit": "wall time", "hit": ["wall"]}),
        ("is killed", {"exit_code": None, "limit": "SIGKILL", "hit": ["memory"]}),
    )
    for name, how in endings:
        for label in LABELS:
            for script in SCRIPTS:
                spoil = _evidence(label, script, **how)
                yield Mutant(f"{script} {name} on {label}", "rerun", spoil, (f"{label}.rerun",))
    for script in SCRIPTS:
        spoil = _evidence("heldout", script, made=[])
        yield Mutant(f"{script} alone makes nothing", "rerun", spoil, ("only_input",))
    for failure in ("timeout", "protocol"):
        yield Mutant(f"the agent's {failure}", "rerun", partial(_drive, failure=failure), ("drive",))


def mutants() -> Iterator[Mutant]:
    """All of them, in a fixed order."""
    yield from _own()
    yield from _summary()
    yield from _files()
    yield from _inputs()
    yield from _reruns()
