"""Accepted files and their log: kept whole by kills, full disks, crowds and clumsy hands."""

import errno
import hashlib
import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from impact_analytics import supplied
from impact_analytics.i18n import LANGUAGES, TEXTS, words
from impact_analytics.settings import ROOT
from impact_analytics.supplied import Damaged, Entry, Moved, NotStored, NotWithdrawn, Stored

AT = datetime(2031, 4, 20, 9, 30, tzinfo=UTC)
# A server with everything loaded forks a process in milliseconds, and has no threads that a fork would lose.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload([__name__])


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "oer"
    made.mkdir()
    return made


def accept(folder, *files, after=None, who="Ada", **details):
    """Accept files given as name and content; by default after whatever there is."""
    contents = {hashlib.sha256(whole).hexdigest(): (whole, Path(name).suffix) for name, whole in files}
    stored = tuple(Stored.of(name, whole, table="sheet") for name, whole in files)
    draft = Entry(action="accept", who=who, at=AT, files=stored, **details)
    return supplied.append(folder, draft, contents, len(supplied.entries(folder)) if after is None else after)


def tree(folder):
    """Every file below a folder with its content."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def log_of(folder):
    return {name: whole for name, whole in tree(folder).items() if name.endswith(".json")}


# ---------------------------------------------------------------- what is kept


def test_an_empty_folder_has_an_empty_log_and_stays_empty(folder):
    assert supplied.entries(folder) == supplied.standing(folder) == []
    assert supplied.digest(folder) == supplied.digest(folder)
    assert tree(folder) == {}


def test_what_was_accepted_is_kept_unchanged_under_its_hash(folder):
    details = {"project_id": "kald_1-O1", "period_id": "2031-Q1", "version": 2, "protocol": "N. 7/2031"}
    entry = accept(folder, ("scheda.xlsx", b"\0sheet"), received_on=date(2031, 4, 18), **details)
    (file,) = entry.files
    assert (entry.number, entry.previous, entry.at) == (1, "", AT)
    assert (file.name, file.size, supplied.content(folder, file)) == ("scheda.xlsx", 6, b"\0sheet")
    assert supplied.entries(folder) == supplied.standing(folder) == [entry]
    assert set(tree(folder)) == {f"supplied/files/{file.sha256}.xlsx", "supplied/log/000001.json"}


def test_a_person_can_read_an_entry(folder):
    accept(folder, ("scheda n. 1 è.csv", b"a"), received_on=date(2031, 4, 18))
    written = (folder / "supplied" / "log" / "000001.json").read_text(encoding="utf-8")
    assert '  "at": "2031-04-20T09:30:00+00:00",\n' in written
    assert '  "received_on": "2031-04-18",\n' in written
    assert '      "name": "scheda n. 1 è.csv",\n' in written
    assert list(json.loads(written)) == sorted(json.loads(written))


def test_each_entry_vouches_for_the_one_before(folder):
    accept(folder, ("a.csv", b"a"))
    second = accept(folder, ("b.csv", b"b"))
    first = (folder / "supplied" / "log" / "000001.json").read_bytes()
    assert second.previous == hashlib.sha256(first).hexdigest()


def test_a_mapping_is_kept_with_the_file_that_was_read_through_it(folder):
    stored = Stored.of("export.csv", b"rows", mapping=hashlib.sha256(b"[map]").hexdigest())
    contents = {stored.sha256: (b"rows", ".csv"), stored.mapping: (b"[map]", ".toml")}
    supplied.append(folder, Entry(action="accept", who="Ada", at=AT, files=(stored,)), contents, 0)
    assert supplied.mapping(folder, stored) == b"[map]"
    assert supplied.mapping(folder, Stored.of("plain.csv", b"rows")) == b""
    (folder / "supplied" / "files" / f"{stored.mapping}.toml").unlink()
    with pytest.raises(Damaged, match=stored.mapping):
        supplied.entries(folder)


def test_the_digest_follows_the_log(folder):
    seen = [supplied.digest(folder)]
    for step in (lambda: accept(folder, ("a.csv", b"a")), lambda: supplied.withdraw(folder, 1, "twice", "Ada")):
        step()
        seen.append(supplied.digest(folder))
    assert len(set(seen)) == 3


def test_times_of_other_zones_are_written_in_one(folder):
    draft = Entry(action="accept", who="Ada", at=AT.astimezone(timezone(timedelta(hours=5))))
    assert supplied.append(folder, draft, {}, 0).at.utcoffset() == timedelta(0)


def test_a_name_that_is_no_text_is_written_as_far_as_it_is(folder):
    assert accept(folder, ("caff\udce8.csv", b"a")).files[0].name == "caff?.csv"
    assert supplied.entries(folder)[0].files[0].name == "caff?.csv"


@pytest.mark.parametrize(
    "broken",
    [
        lambda folder: Entry(action="reject", who="Ada", at=AT),
        lambda folder: Entry(action="accept", who="Ada", at=AT.replace(tzinfo=None)),
        lambda folder: Stored("a.csv", "../../etc/passwd", 1),
        lambda folder: supplied.append(
            folder, Entry(action="accept", who="Ada", at=AT, files=(Stored.of("a.csv", b"a"),)), {}, 0
        ),
        lambda folder: supplied.append(
            folder, Entry(action="accept", who="Ada", at=AT), {Stored.of("a", b"a").sha256: (b"b", ".csv")}, 0
        ),
        lambda folder: supplied.append(
            folder, Entry(action="accept", who="Ada", at=AT), {Stored.of("a", b"a").sha256: (b"a", "/../x")}, 0
        ),
    ],
    ids=["action", "zone", "hash", "no content", "other content", "suffix"],
)
def test_what_code_may_not_do_is_an_error_before_anything_is_written(folder, broken):
    with pytest.raises(ValueError, match=r"."):
        broken(folder)
    assert tree(folder) == {}


ANYTHING = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@settings(max_examples=40, deadline=None)
@given(
    names=st.lists(ANYTHING, max_size=3),
    said=st.lists(ANYTHING, min_size=5, max_size=5),
    version=st.integers(0, 99),
    at=st.datetimes(timezones=st.just(UTC)),
    received_on=st.none() | st.dates(),
)
def test_an_entry_reads_back(names, said, version, at, received_on):
    who, project, period, protocol, reason = said
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        contents = {Stored.of("", name.encode()).sha256: (name.encode(), ".csv") for name in names}
        draft = Entry(
            action="accept",
            who=who,
            at=at,
            files=tuple(Stored.of(name, name.encode()) for name in names),
            project_id=project,
            period_id=period,
            version=version,
            received_on=received_on,
            protocol=protocol,
            reason=reason,
        )
        entry = supplied.append(folder, draft, contents, 0)
        assert supplied.entries(folder) == [entry]
        assert (entry.who, entry.project_id, entry.period_id, entry.protocol, entry.reason) == tuple(said)
        assert (entry.version, entry.received_on, entry.at) == (version, received_on, at.replace(microsecond=0))
        assert [supplied.content(folder, file).decode() for file in entry.files] == names


@settings(max_examples=25, deadline=None)
@given(steps=st.lists(st.integers(0, 6), max_size=12))
def test_what_stands_is_what_was_accepted_less_what_was_withdrawn(steps):
    """0 accepts; another number withdraws it, where it can be."""
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        length, standing = 0, set()
        for step in steps:
            if step and step not in standing:
                with pytest.raises(NotWithdrawn):
                    supplied.withdraw(folder, step, "wrong", "Ada")
                continue
            length += 1
            if step:
                supplied.withdraw(folder, step, "wrong", "Ada")
                standing.remove(step)
            else:
                accept(folder, (f"{length}.csv", bytes([length])))
                standing.add(length)
        assert [entry.number for entry in supplied.entries(folder)] == list(range(1, length + 1))
        assert {entry.number for entry in supplied.standing(folder)} == standing


# ---------------------------------------------------------------- withdrawing


def test_a_withdrawal_is_one_more_entry_and_deletes_nothing(folder):
    accept(folder, ("a.csv", b"a"))
    before = tree(folder)
    entry = supplied.withdraw(folder, 1, "  wrong quarter ", "Bo")
    assert (entry.number, entry.action, entry.withdrawn, entry.reason) == (2, "withdraw", 1, "wrong quarter")
    assert supplied.standing(folder) == []
    assert before.items() < tree(folder).items()


@pytest.mark.parametrize(
    ("number", "reason", "key"),
    [
        (0, "wrong", "no_number"),
        (-1, "wrong", "no_number"),
        (4, "wrong", "no_number"),
        (3, "wrong", "no_acceptance"),
        (1, "wrong", "withdrawn_before"),
        (2, " \n", "no_reason"),
    ],
)
def test_what_cannot_be_withdrawn_is_refused_in_a_sentence(folder, number, reason, key):
    accept(folder, ("a.csv", b"a"))
    accept(folder, ("b.csv", b"b"))
    supplied.withdraw(folder, 1, "wrong", "Ada")
    before = tree(folder)
    with pytest.raises(NotWithdrawn) as refused:
        supplied.withdraw(folder, number, reason, "Ada")
    assert refused.value.key == key
    assert all(str(number) in refused.value.sentence(lang) for lang in LANGUAGES)
    assert tree(folder) == before


def test_a_withdrawal_that_was_overtaken_is_judged_again(folder, monkeypatch):
    accept(folder, ("a.csv", b"a"))
    first = iter([lambda: supplied.append(folder, Entry(action="accept", who="Bo", at=AT), {}, 1)])
    link = os.link

    def overtaken(*paths):
        next(first, lambda: None)()
        link(*paths)

    monkeypatch.setattr(os, "link", overtaken)
    assert supplied.withdraw(folder, 1, "wrong", "Ada").number == 3
    assert [entry.number for entry in supplied.standing(folder)] == [2]


# ---------------------------------------------------------------- damage


def damage_entry(whole):
    return whole.replace(b"Ada", b"Eva")


DAMAGES = {
    # key of the sentence: the file that it names, what happens to it
    "gap": ("log/000002.json", None),
    "chain": ("log/000001.json", damage_entry),
    "unreadable": ("log/000002.json", lambda whole: whole[:-20]),
    "missing": ("files/{}.csv", None),
    "changed": ("files/{}.csv", lambda whole: whole + b"\n"),
}


@pytest.mark.parametrize("key", DAMAGES)
def test_damage_is_told_in_a_sentence_that_names_the_file(folder, key):
    for letter in "abc":
        accept(folder, (f"{letter}.csv", letter.encode()))
    name, change = DAMAGES[key]
    name = name.format(Stored.of("b.csv", b"b").sha256)
    path = folder / "supplied" / name
    whole = path.read_bytes()
    path.unlink()
    if change:
        path.write_bytes(change(whole))
    for read in (supplied.entries, supplied.standing):
        with pytest.raises(Damaged) as found:
            read(folder)
        assert found.value.key == key
        said = [found.value.sentence(lang) for lang in LANGUAGES]
        assert all(sentence.startswith(f"oer/supplied/{name.removesuffix('.csv')}") for sentence in said)
        assert said[0] != said[1]
    path.write_bytes(whole)
    assert len(supplied.entries(folder)) == 3


@pytest.mark.parametrize(
    "content", ["", "[]", "5", "null", '"a"', "{}", "[" * 9, '{"files": 5}', '{"files": [5]}', "\ufeff", "{"]
)
def test_a_file_that_is_no_entry_is_damage(folder, content):
    accept(folder, ("a.csv", b"a"))
    (folder / "supplied" / "log" / "000001.json").write_text(content, encoding="utf-8")
    with pytest.raises(Damaged, match=r"000001\.json: cannot be read"):
        supplied.entries(folder)


@pytest.mark.parametrize(
    ("field", "value"),
    [("number", 2), ("number", "1"), ("who", 5), ("at", "yesterday"), ("at", "2031-04-20"), ("received_on", "2031-4"),
     ("action", "maybe"), ("files", [{"name": "a", "sha256": "../../x", "size": 1, "table": "", "mapping": ""}]),
     ("new", 1)],
)  # fmt: skip
def test_an_entry_with_another_kind_of_value_is_damage(folder, field, value):
    accept(folder, ("a.csv", b"a"))
    path = folder / "supplied" / "log" / "000001.json"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), field: value}), encoding="utf-8")
    with pytest.raises(Damaged, match=r"000001\.json: cannot be read"):
        supplied.entries(folder)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_byte_changes_unseen(data):
    """Of the last entry, which no other vouches for yet, only a change of its values goes unseen."""
    with tempfile.TemporaryDirectory() as path:
        folder = Path(path)
        accept(folder, ("a.csv", b"first"), ("b.csv", b"second"))
        accept(folder, ("c.csv", b"third"))
        name = data.draw(st.sampled_from(sorted(set(tree(folder)) - {"supplied/log/000002.json"})))
        whole = bytearray((folder / name).read_bytes())
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] ^= data.draw(st.integers(1, 255))
        (folder / name).write_bytes(whole)
        with pytest.raises(Damaged, match=Path(name).name):
            supplied.entries(folder)


def test_content_that_was_changed_is_not_handed_out(folder):
    (file,) = accept(folder, ("a.csv", b"a")).files
    (folder / "supplied" / "files" / f"{file.sha256}.csv").write_bytes(b"b")
    with pytest.raises(Damaged, match=file.sha256):
        supplied.content(folder, file)


def test_handing_in_the_same_file_again_mends_it(folder):
    (file,) = accept(folder, ("a.csv", b"a")).files
    (folder / "supplied" / "files" / f"{file.sha256}.csv").write_bytes(b"b")
    accept(folder, ("a.csv", b"a"), after=1)
    assert len(supplied.entries(folder)) == 2


def test_nothing_is_added_to_a_damaged_log(folder):
    accept(folder, ("a.csv", b"a"))
    accept(folder, ("b.csv", b"b"))
    (folder / "supplied" / "log" / "000001.json").unlink()
    with pytest.raises(Damaged):
        accept(folder, ("c.csv", b"c"), after=2)
    assert [*log_of(folder)] == ["supplied/log/000002.json"]


def test_strange_files_beside_the_log_do_no_harm(folder):
    accept(folder, ("a.csv", b"a"))
    for name in ("log/.DS_Store", "log/000002 (copy).json", "files/readme.txt"):
        (folder / "supplied" / name).write_bytes(b"?")
    assert len(supplied.entries(folder)) == 1


# ---------------------------------------------------------------- unfinished


def test_leftovers_are_swept_once_they_are_old(folder):
    accept(folder, ("a.csv", b"a"))
    old, young = (folder / "supplied" / "files" / f".{name}.unfinished" for name in ("old", "young"))
    stored = folder / "supplied" / "files" / f"{'0' * 64}.csv"
    for path in (old, young, stored):
        path.write_bytes(b"half")
    for path in (old, stored):
        os.utime(path, (time.time() - 3700,) * 2)
    accept(folder, ("b.csv", b"b"))
    assert (old.exists(), young.exists(), stored.exists()) == (False, True, True)


# ---------------------------------------------------------------- overtaken


@pytest.mark.parametrize("after", [0, 2])
def test_who_judged_against_another_log_is_told_that_it_moved(folder, after):
    accept(folder, ("a.csv", b"a"))
    before = tree(folder)
    with pytest.raises(Moved) as moved:
        accept(folder, ("b.csv", b"b"), after=after)
    assert len({moved.value.sentence(lang) for lang in LANGUAGES}) == 2
    assert tree(folder) == before


@contextmanager
def no_links():
    """A disk that cannot make hard links."""

    def refuse(*_paths):
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "link", refuse)
        yield


def accept_many(folder, name, times, links):
    """Accept files one after the other, judging again whenever somebody came first."""
    with no_links() if not links else tempfile.TemporaryDirectory():
        for turn in range(times):
            while True:
                try:
                    accept(folder, ("same.csv", b"same"), (f"{name}.csv", f"{name}{turn}".encode()), who=name)
                    break
                except Moved:
                    continue


@pytest.mark.parametrize("links", [True, False], ids=["links", "no links"])
@pytest.mark.parametrize("crowd", [2, 8])
def test_all_who_accept_at_once_land_in_order(folder, crowd, links):
    names = [f"clerk {number}" for number in range(crowd)]
    running = [PROCESSES.Process(target=accept_many, args=(folder, name, 5, links)) for name in names]
    for process in running:
        process.start()
    for process in running:
        process.join(60)
    assert [process.exitcode for process in running] == [0] * crowd
    landed = supplied.entries(folder)
    assert [entry.number for entry in landed] == list(range(1, 5 * crowd + 1))
    for name in names:
        contents = [supplied.content(folder, entry.files[1]).decode() for entry in landed if entry.who == name]
        assert contents == [f"{name}{turn}" for turn in range(5)]
    assert not [path for path in tree(folder) if path.endswith(".unfinished")]


def test_without_links_a_taken_number_is_never_written_over(folder):
    with no_links():
        accept(folder, ("a.csv", b"a"))
        before = log_of(folder)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(supplied, "_chain", lambda _folder: ([], ""))  # read before the other one came
            with pytest.raises(Moved):
                accept(folder, ("b.csv", b"b"), after=0)
    assert log_of(folder) == before


def test_a_link_whose_answer_was_lost_counts(folder, monkeypatch):
    link = os.link

    def link_twice(*paths):
        link(*paths)
        link(*paths)

    monkeypatch.setattr(os, "link", link_twice)
    assert accept(folder, ("a.csv", b"a")).number == 1
    assert len(supplied.entries(folder)) == 1


# ---------------------------------------------------------------- killed

FILES = [(f"{number}.csv", bytes([number]) * 150_000) for number in range(4)]
STEPS = ("open", "write", "fsync", "replace", "link", "unlink")


def accept_when_told(folder, pipe):
    supplied.entries(folder)
    pipe.send("ready")
    accept(folder, *FILES, after=1)


def accept_and_die(folder, step):
    """Kill this process at a step of its way to the disk, counted from 0."""
    steps = iter(range(1000))

    def dying(call):
        def die_or(*arguments, **options):
            if next(steps) == step:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)

        return die_or

    for name in STEPS:
        setattr(os, name, dying(getattr(os, name)))
    accept(folder, *FILES, after=1)


def judge_after_a_kill(folder, before):
    """Assert that the log is as before or as after, that it can go on, and return how many entries it has."""
    known = supplied.entries(folder)
    assert log_of(before).items() <= log_of(folder).items()
    assert len(known) in (1, 2)
    if len(known) == 2:
        assert [supplied.content(folder, file) for file in known[1].files] == [whole for _, whole in FILES]
    assert accept(folder, *FILES).number == len(known) + 1
    return len(known)


@pytest.fixture
def one_entry(folder):
    accept(folder, ("first.csv", b"first"))
    return folder


def test_a_hundred_kills_at_random_moments_lose_nothing(one_entry, tmp_path):
    chance = random.Random(3)
    lengths = []
    for turn in range(3):
        folder = Path(shutil.copytree(one_entry, tmp_path / f"timed{turn}" / "oer"))
        start = time.perf_counter()
        accept(folder, *FILES, after=1)
        lengths.append(time.perf_counter() - start)
    found, killed = [], 0
    for turn in range(100):
        folder = Path(shutil.copytree(one_entry, tmp_path / f"{turn}" / "oer"))
        here, there = PROCESSES.Pipe()
        process = PROCESSES.Process(target=accept_when_told, args=(folder, there))
        process.start()
        assert here.recv() == "ready"
        time.sleep(chance.uniform(0, 1.5 * max(lengths)))
        process.kill()
        process.join(30)
        killed += process.exitcode == -signal.SIGKILL
        found.append(judge_after_a_kill(folder, one_entry))
        shutil.rmtree(folder)
    assert killed >= 20, "the moments did not fall into the act"
    assert set(found) == {1, 2}, "all moments fell on one side of the commit"


def test_a_kill_at_each_step_loses_nothing(one_entry, tmp_path):
    found = []
    for step in range(1000):
        folder = Path(shutil.copytree(one_entry, tmp_path / f"{step}" / "oer"))
        process = PROCESSES.Process(target=accept_and_die, args=(folder, step))
        process.start()
        process.join(30)
        found.append(judge_after_a_kill(folder, one_entry))
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
    assert len(found) > 15, "there are more steps than that"
    assert found == sorted(found)
    assert set(found) == {1, 2}


# ---------------------------------------------------------------- a disk that refuses


def failing(call, at, code, count):
    """Return a call that fails once, at its turn; `count` holds how often it was asked."""

    def fail_or(*arguments, **options):
        count.append(1)
        if len(count) == at:
            raise OSError(code, os.strerror(code))
        return call(*arguments, **options)

    return fail_or


def refusal(folder):
    """Accept the files after the first entry; return what the disk said against it, if anything."""
    try:
        accept(folder, *FILES, after=1)
    except NotStored as error:
        return error
    return None


def unfinished(folder):
    return [path for path in tree(folder) if path.endswith(".unfinished")]


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO, errno.EACCES])
@pytest.mark.parametrize("name", [name for name in STEPS if name != "unlink"])
def test_every_call_that_fails_in_turn_leaves_the_log_as_before(one_entry, monkeypatch, name, code):
    before, known = log_of(one_entry), supplied.entries(one_entry)
    for at in range(1, 100):
        count = []
        with monkeypatch.context() as patch:
            patch.setattr(os, name, failing(getattr(os, name), at, code, count))
            error = refusal(one_entry)
        if error is None or error.key == "not_confirmed":
            break
        assert all(os.strerror(code) in error.sentence(lang) for lang in LANGUAGES)
        assert (log_of(one_entry), supplied.entries(one_entry)) == (before, known)
        assert not unfinished(one_entry)
    assert len(count) in (at, at - 1), "some call was never made to fail"
    assert len(supplied.entries(one_entry)) == 2


def test_what_cannot_be_tidied_away_is_accepted_all_the_same(folder, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", failing(os.unlink, 2, errno.EIO, []))
        accept(folder, ("a.csv", b"a"))
    assert len(supplied.entries(folder)) == len(unfinished(folder)) == 1


def test_what_the_disk_takes_in_morsels_is_whole(folder, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda opened, whole: write(opened, whole[:1000]))
    accept(folder, *FILES)
    assert len(supplied.entries(folder)) == 1


def test_a_folder_that_may_not_be_written_is_told(folder):
    (folder / "supplied").write_text("a file where the folder should be")
    with pytest.raises(NotStored) as refused:
        accept(folder, ("a.csv", b"a"))
    assert refused.value.key == "not_stored"


def fill_space(ballast, left):
    room = os.statvfs(ballast)
    (ballast / "0").write_bytes(bytes(room.f_bsize * max(room.f_bavail - left, 0)))


def fill_names(ballast, left):
    for number in range(os.statvfs(ballast).f_favail - left):
        (ballast / f"{number}").touch()


FILLS = {"size=2m": fill_space, "nr_inodes=40": fill_names}


def fill_a_disk(mounted, option):
    """Accept on a real disk on which a bit more is left each time; return how often that was too little."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", option, "tmpfs", str(mounted)], check=True)
    folder, ballast = mounted / "oer", mounted / "ballast"
    folder.mkdir()
    accept(folder, ("first.csv", b"first"))
    before, known = log_of(folder), supplied.entries(folder)
    for left in range(400):
        ballast.mkdir()
        FILLS[option](ballast, left)
        error = refusal(folder)
        shutil.rmtree(ballast)
        if error is None:
            assert len(supplied.entries(folder)) == 2
            return left
        assert error.key == "not_stored"
        assert os.strerror(errno.ENOSPC) in str(error)
        assert (log_of(folder), supplied.entries(folder)) == (before, known)
        assert not unfinished(folder)
    raise AssertionError("it never fitted")


@pytest.mark.parametrize(("option", "least"), [("size=2m", 100), ("nr_inodes=40", 5)], ids=["space", "inodes"])
def test_a_full_disk_leaves_the_log_as_before(tmp_path, option, least):
    alone = ["unshare", "--mount"] + (["--map-root-user"] if os.geteuid() else [])
    if not shutil.which("unshare"):
        pytest.skip("no unshare: a small disk cannot be made")
    probe = subprocess.run([*alone, "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip(f"a small disk cannot be made here: {probe.stderr.decode().strip()}")
    code = f"from tests.test_supplied import Path, fill_a_disk; print(fill_a_disk(Path({str(tmp_path)!r}), {option!r}))"
    ran = subprocess.run(
        [*alone, sys.executable, "-c", code], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    assert int(ran.stdout) >= least
    assert not list(tmp_path.iterdir()), "the disk went with its process"


# ---------------------------------------------------------------- words


def test_every_sentence_is_told_by_some_error():
    source = (ROOT / "impact_analytics" / "supplied.py").read_text(encoding="utf-8")
    for key in words(TEXTS / "supplied.toml", "en"):
        assert f'"{key}"' in source
