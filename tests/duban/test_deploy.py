"""What deploy/ starts, started: the command lines of the units and of the crontab, in an environment as bare as theirs."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import tomllib
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from configparser import ConfigParser
from contextlib import closing
from pathlib import Path

import pytest
from places import Places

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
HOME = "/srv/duban"
SERVICES = ("duban-escalate.service", "duban-scheduler.service", "duban-serve.service", "duban-worker@.service")
TOO_OPEN = {"User": "duban", "ProtectSystem": "strict", "NoNewPrivileges": "true", "ReadWritePaths": HOME, "PrivateTmp": "true"}


def unit(name: str) -> ConfigParser:
    parsed = ConfigParser(interpolation=None, delimiters=("=",), comment_prefixes=("#",))
    parsed.optionxform = str  # type: ignore[assignment,method-assign]
    parsed.read_string((DEPLOY / name).read_text(encoding="utf-8"))
    return parsed


def moved(text: str, home: Path) -> str:
    return text.replace(HOME, str(home))


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """What stands in /srv/duban: a program in .venv/bin, the shipped settings, a database that does not exist yet."""
    program = tmp_path / ".venv" / "bin" / "duban"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nPYTHONPATH={shlex.quote(str(ROOT))} exec {shlex.quote(sys.executable)} -m duban "$@"\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    shutil.copy(DEPLOY / "duban.toml", tmp_path)
    shutil.copy(DEPLOY / "duban.env", tmp_path)
    return tmp_path


def bare(home: Path, **more: str) -> dict[str, str]:
    """As cron and systemd start a program: no locale, no terminal, nearly no PATH."""
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "SHELL": "/bin/sh", **more}


def run(words: str, home: Path, **more: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["/bin/sh", "-c", words], cwd="/", env=bare(home, **more), capture_output=True, timeout=60)


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_as_a_user_of_its_own_who_may_write_in_one_folder_only(name: str) -> None:
    service = unit(name)["Service"]

    assert {key: service.get(key) for key in TOO_OPEN} == TOO_OPEN
    assert service["WorkingDirectory"] == HOME
    assert service["EnvironmentFile"] == f"-{HOME}/duban.env"
    assert service["ExecStart"].startswith(f"{HOME}/.venv/bin/duban ")


@pytest.mark.parametrize("name", [*SERVICES, "duban-escalate.timer"])
def test_systemd_itself_finds_nothing_to_say_about_a_unit(name: str, home: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    assert analyze is not None, "no systemd-analyze: run tests/machine.sh as root"
    for each in (*SERVICES, "duban-escalate.timer"):
        text = moved((DEPLOY / each).read_text(encoding="utf-8"), home)
        (home / each.replace("@.", "@1.")).write_text(text, encoding="utf-8")

    done = subprocess.run(
        [analyze, "verify", str(home / name.replace("@.", "@1."))], capture_output=True, text=True, timeout=60
    )

    assert [line for line in done.stderr.splitlines() if "duban" in line] == []


def test_the_timer_makes_up_for_what_was_missed_while_the_machine_was_off() -> None:
    timer = unit("duban-escalate.timer")["Timer"]

    assert (timer["OnCalendar"], timer["Persistent"]) == ("*:0/10", "true")


def test_what_the_timer_starts_runs_and_ends(home: Path) -> None:
    done = run(f"cd {home} && {moved(unit('duban-escalate.service')['Service']['ExecStart'], home)}", home)

    assert (done.returncode, done.stderr) == (0, b"")
    assert "没有到时间的事项" in done.stdout.decode()
    assert (home / "duban.db").is_file()


@pytest.fixture
def started(home: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[bytes], Path]]]:
    running: list[subprocess.Popen[bytes]] = []

    def start(name: str, more: Mapping[str, str]) -> tuple[subprocess.Popen[bytes], Path]:
        log = home / f"{name}.log"
        line = moved(unit(name)["Service"]["ExecStart"], home)
        words = shlex.split(line.replace("--port 8000", "--port 0"))  # somebody may have 8000 here
        with log.open("wb") as out:
            running.append(subprocess.Popen(words, cwd=home, env=bare(home, **more), stdout=out, stderr=subprocess.STDOUT))
        return running[-1], log

    yield start
    for process in running:
        process.kill()
        process.wait()


def wait_for(words: str, log: Path) -> str:
    until = time.monotonic() + 60
    while words not in log.read_text(encoding="utf-8") and time.monotonic() < until:
        time.sleep(0.05)
    return log.read_text(encoding="utf-8")


def test_the_daemon_of_the_unit_runs_at_once_and_ends_when_systemd_says_so(
    home: Path, started: Callable[..., tuple[subprocess.Popen[bytes], Path]]
) -> None:
    process, log = started("duban-scheduler.service", {})
    database, until = home / "duban.db", time.monotonic() + 60
    while not (database.is_file() and seen(database)) and time.monotonic() < until:
        time.sleep(0.1)

    process.send_signal(signal.SIGTERM)

    assert process.wait(60) == 0
    assert seen(database)
    lines = log.read_text(encoding="utf-8").splitlines()
    assert ["值守进程已启动" in lines[0], "值守进程已停止" in lines[-1], len(lines)] == [True, True, 2]


def seen(database: Path) -> bool:
    """A run was here. Only looked at: an engine of ours would make the tables beside the daemon that is making them."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("SELECT 1 FROM meta WHERE key = 'heartbeat'").fetchall())
    except sqlite3.OperationalError:  # no tables yet, or just being made
        return False


def test_the_portal_of_the_unit_answers_and_ends_when_systemd_says_so(
    home: Path, started: Callable[..., tuple[subprocess.Popen[bytes], Path]]
) -> None:
    process, log = started("duban-serve.service", {})
    said = wait_for("门户已打开", log)

    address = re.search(r"(http://127\.0\.0\.1:\d+)/duban/", said)
    assert address is not None
    ready = json.loads(_asked(f"{address[1]}/readyz"))
    process.send_signal(signal.SIGTERM)

    assert (ready["status"], ready["last_run_age"]) == ("ready", None)
    assert process.wait(60) == 0
    assert "Traceback" not in log.read_text(encoding="utf-8")


def _asked(address: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(address, timeout=30) as answer:
        return bytes(answer.read())


def test_nginx_hands_on_to_the_port_of_the_unit_and_says_who_it_is_where_the_settings_look_for_it() -> None:
    nginx = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    words = shlex.split(unit("duban-serve.service")["Service"]["ExecStart"])
    section = (DEPLOY / "duban.toml").read_text(encoding="utf-8").partition("[portal]")[2].partition("\n\n")[0]
    portal = tomllib.loads(re.sub(r"^#", "", section, flags=re.MULTILINE))
    address = f"http://{words[words.index('--host') + 1]}:{words[words.index('--port') + 1]}"
    root = words[words.index("--root-path") + 1]

    assert set(re.findall(r"proxy_pass (\S+);", nginx)) == {address, f"{address}/", "http://127.0.0.1:9000/whoami"}
    assert f"location {root}/ {{" in nginx
    for header in (portal["header"], portal["name_header"]):
        assert re.search(rf"^ *proxy_set_header {header} +\$who", nginx, re.MULTILINE)
    assert nginx.count("{") == nginx.count("}")


def test_nginx_itself_finds_nothing_wrong_with_the_sample(tmp_path: Path) -> None:
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    assert nginx is not None, "no nginx: run tests/machine.sh as root"
    sample = re.sub(r"^ *(listen|ssl_).*$", "", (DEPLOY / "nginx.conf").read_text(encoding="utf-8"), flags=re.MULTILINE)
    whole = tmp_path / "nginx.conf"
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {tmp_path / kind};\n" for kind in kinds)
    whole.write_text(
        f"pid {tmp_path / 'pid'};\nevents {{}}\nhttp {{\naccess_log off;\n{places}{sample}\n}}\n", encoding="utf-8"
    )

    done = subprocess.run([nginx, "-t", "-p", str(tmp_path), "-c", str(whole)], capture_output=True, text=True, timeout=60)

    assert done.returncode == 0, done.stderr


def test_the_worker_of_the_unit_waits_for_calls_and_ends_when_systemd_says_so(
    home: Path, postgresql_places: Places, started: Callable[..., tuple[subprocess.Popen[bytes], Path]]
) -> None:
    url = postgresql_places.empty()
    (home / "duban.toml").write_text('[deliver]\nbackend = "procrastinate"\n', encoding="utf-8")
    before, _ = started("duban-worker@.service", {"DUBAN_DATABASE_URL": url})
    refused = before.wait(60)
    upgraded = run(f"cd {home} && .venv/bin/duban db upgrade", home, DUBAN_DATABASE_URL=url).returncode

    process, log = started("duban-worker@.service", {"DUBAN_DATABASE_URL": url})
    said = wait_for("在等待消息", log)
    process.send_signal(signal.SIGTERM)

    assert (refused, upgraded) == (1, 0)
    assert "在等待消息" in said
    assert process.wait(60) == 0
    assert "Traceback" not in log.read_text(encoding="utf-8")
    postgresql_places.drop(url)


def crontab() -> list[str]:
    """The commands of the crontab, without their times."""
    lines = (DEPLOY / "crontab").read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"((?:\S+\s+){5})(.*)", line) for line in lines if line and not line.startswith("#")]
    return [match[2] for match in found if match]


def test_the_lines_of_the_crontab_run_as_cron_runs_them(home: Path) -> None:
    escalate, doctor = (moved(line, home) for line in crontab())

    before = run(doctor, home)
    ran = run(escalate, home)
    after = run(doctor, home)

    assert "还没有做过例行核查" in before.stdout.decode()  # cron mails it
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")
    assert "没有到时间的事项" in (home / "duban.log").read_text(encoding="utf-8")
    assert (after.returncode, after.stdout, after.stderr) == (0, b"", b"")
    assert "%" not in "".join(crontab())  # cron reads it as a new line


def test_no_secret_is_in_what_is_shipped() -> None:
    for line in (DEPLOY / "duban.env").read_text(encoding="utf-8").splitlines():
        assert line.startswith("#")


def test_the_folder_holds_only_what_is_tested_here() -> None:
    others = {"duban-escalate.timer", "crontab", "duban.toml", "duban.env", "nginx.conf"}
    assert {path.name for path in DEPLOY.iterdir()} == {*SERVICES, *others}
