"""What an installation is told once: every problem of `duban.toml` at once, and a secret never in it."""

from __future__ import annotations

import re
from datetime import time
from pathlib import Path

import pytest

from duban import settings
from duban.settings import ChannelSettings, PortalSettings, Settings
from duban.settings.channels import OUTSIDE, ROBOTS
from workflow.errors import DubanError

ROOT = Path(__file__).parent.parent.parent
HOOK = "https://qyapi.example.com/cgi-bin/webhook/send?key=693a91f6-7xxx"


def told(folder: Path, content: str, **environment: str) -> Settings:
    """The settings of a folder with this duban.toml."""
    (folder / "duban.toml").write_text(content, encoding="utf-8")
    return settings.load(folder, environment)


def wrong(folder: Path, content: str, **environment: str) -> str:
    """Everything that is said to be wrong with it."""
    with pytest.raises(DubanError) as caught:
        told(folder, content, **environment)
    assert caught.value.code == "bad-settings"
    assert "duban.toml" in str(caught.value) or environment
    return str(caught.value)


def channel(folder: Path, kind: str, more: str = "") -> ChannelSettings:
    address = 'url_env = "SOME_URL"' if kind in OUTSIDE else ""
    template = 'template = "T1"' if kind == "sms" else ""
    [found] = told(folder, f'[channels.one]\nkind = "{kind}"\n{address}\n{template}\n{more}\n').channels
    return found


def test_every_line_of_the_shipped_file_says_something_that_is_understood(tmp_path: Path) -> None:
    shipped = (ROOT / "deploy/duban.toml").read_text(encoding="utf-8")

    found = told(tmp_path, re.sub(r"^#(?=[\w\"\[])", "", shipped, flags=re.MULTILINE))

    assert found.order == ("email", "sms")
    assert found.share_addresses
    assert found.backend == "procrastinate"
    assert found.quiet == ((time(8), time(12)), (time(14), time(18)))
    assert (found.preview_hours, found.heartbeat_env, found.keep_days) == (4, "DUBAN_HEARTBEAT_URL", 365)
    assert {c.name: c.kind for c in found.channels}["sms"] == "sms"
    sms = next(c for c in found.channels if c.name == "sms")
    assert (sms.template, sms.fields, sms.address, sms.attempts) == ("T-1001", ("活动", "件数"), "mobile", 4)


def test_the_shipped_file_as_it_is_says_nothing_yet(tmp_path: Path) -> None:
    assert told(tmp_path, (ROOT / "deploy/duban.toml").read_text(encoding="utf-8")) == Settings()


@pytest.mark.parametrize(
    ("kind", "address", "unknown", "per_minute"),
    [
        ("wecom", "none", "park", 20),
        ("dingtalk", "none", "park", 20),
        ("feishu", "none", "park", 20),
        ("sms", "mobile", "query", None),
        ("webhook", "number", "repeat", None),
        ("inbox", "number", "repeat", None),
        ("folder", "none", "repeat", None),
        ("apprise", "none", "park", None),
    ],
)
def test_a_channel_that_says_only_its_kind_has_what_suits_it(
    tmp_path: Path, kind: str, address: str, unknown: str, per_minute: int | None
) -> None:
    found = channel(tmp_path, kind)

    assert (found.address, found.unknown, found.per_minute) == (address, unknown, per_minute)
    assert (found.attempts, found.timeout) == (6, 10.0)


def test_what_a_channel_says_wins_over_what_is_usual(tmp_path: Path) -> None:
    found = channel(tmp_path, "wecom", 'per_minute = 0\nunknown = "repeat"\naddress = "mobile"\ntimeout = 3\nattempts = 2')

    assert (found.per_minute, found.unknown, found.address) == (None, "repeat", "mobile")
    assert (found.timeout, found.attempts) == (3, 2)


ROBOT = '[channels.bot]\nkind = "wecom"\nurl_env = "BOT_URL"\n'
WRONG = [
    ('[channels.bot]\nkind = "wechat"', "[channels.bot] kind 只能是 wecom、dingtalk、feishu、sms"),
    ('[channels.bot]\naddress = "none"', "[channels.bot] 缺 kind"),
    ('[channels.bot]\nkind = "wecom"', "[channels.bot] 缺 url_env"),
    (f'{ROBOT}colour = "red"', "[channels.bot] colour 不认识；可以写的有：kind、address"),
    (f"{ROBOT}per_minute = '20'", "[channels.bot] per_minute 要写整数，现在是'20'"),
    (f"{ROBOT}per_minute = -1", "[channels.bot] per_minute 要在 0 到 100000 之间，现在是-1"),
    (f"{ROBOT}attempts = 0", "[channels.bot] attempts 要在 1 到 20 之间"),
    (f"{ROBOT}timeout = 600", "[channels.bot] timeout 要在 1 到 120 之间"),
    (f'{ROBOT}address = "phone"', "[channels.bot] address 只能是 email、mobile、number、none"),
    (f'{ROBOT}unknown = "query"', "[channels.bot] unknown 不能是 query：只有短信可以查询"),
    (f'{ROBOT}template = "T1"', "[channels.bot] template 只用于短信"),
    (f"{ROBOT}fields = [1]", "[channels.bot] fields 要写一列文字"),
    ('[channels.sms]\nkind = "sms"\nurl_env = "SMS_URL"', "[channels.sms] 缺 template"),
    (
        '[channels.sms]\nkind = "sms"\nurl_env = "U"\ntemplate = "T"\naddress = "email"',
        "[channels.sms] address 只能是 mobile",
    ),
    ('[channels.email]\nkind = "folder"', "[channels.email] 这个名字已有所指（[smtp]）"),
    ('[channels."群"]\nkind = "folder"', "[channels.群] 名字只用小写字母"),
    ("channels = 3", "channels 要写成一节：[channels.名称]"),
    ("[channels]\nbot = 3", "channels.bot 要写成一节：[channels.bot]"),
    ('[deliver]\norder = ["folder", "sms"]', "[deliver] order 里的“sms”没有这个渠道；有的是：email、folder"),
    ('[deliver]\norder = ["folder", "folder"]', "[deliver] order 里的“folder”写了两次"),
    ('[deliver]\norder = ["email"]', "[deliver] order 里有 email，但没有邮件服务器：请写 [smtp] host"),
    ('[deliver]\norder = "email"', "[deliver] order 要写一列文字"),
    ('[deliver]\nbackend = "celery"', "[deliver] backend 只能是 poll、procrastinate，现在是“celery”"),
    ("[deliver]\nshare_addresses = 1", "[deliver] share_addresses 要写true 或 false，现在是1"),
    ('[quiet]\nhours = ["8-18"]', "[quiet] hours 里的“8-18”看不懂：写成 08:00-18:00"),
    ('[quiet]\nhours = ["08:00-25:00"]', "里的“08:00-25:00”看不懂"),
    ('[quiet]\nhours = ["18:00-08:00"]', "里的“18:00-08:00”止不晚于起：写的是可以发送的时间"),
    ('[quiet]\nhours = ["08:00-12:00", "11:30-18:00"]', "里的 08:00-12:00 和 11:30-18:00 重叠"),
    ("[first_chase]\nhold_hours = -1", "[first_chase] hold_hours 要在 0 到 240小时之间，现在是-1"),
    ("[privacy]\nkeep_days = 0", "[privacy] keep_days 要在 1 到 36500天之间"),
    ("[smtp]\nport = 70000", "[smtp] port 要在 1 到 65535之间"),
    ("[smtp]\ntimeout = 0", "[smtp] timeout 要在 1 到 300秒之间"),
]


@pytest.mark.parametrize(("content", "said"), WRONG)
def test_what_is_not_sound_is_named_with_its_key(tmp_path: Path, content: str, said: str) -> None:
    assert said in wrong(tmp_path, content)


SECRETS = [
    ("[smtp]\npassword = 'hunter2hunter2'", "用 password_env 写出", "hunter2"),
    ("[smtp]\npassword_env = 'hunter2 hunter2!'", "[smtp] password_env 要写环境变量的名字", "hunter2"),
    (f"[channels.bot]\nkind = 'wecom'\nurl = '{HOOK}'", "[channels.bot] url 不能写在这里：地址里常有密钥", "693a91f6"),
    (f"[channels.bot]\nkind = 'wecom'\nurl_env = '{HOOK}'", "[channels.bot] url_env 要写环境变量的名字", "693a91f6"),
    ("[channels.bot]\nkind = 'dingtalk'\nurl_env = 'U'\nsecret = 'SEC00aa'", "用 secret_env 写出", "SEC00aa"),
    ("[channels.bot]\nkind = 'dingtalk'\nurl_env = 'U'\ntoken = 'SEC00aa'", "用 secret_env 写出", "SEC00aa"),
    ("[channels.bot]\nkind = 'dingtalk'\nurl_env = ['SEC00aa']", "url_env 要写文字", "SEC00aa"),
    (f"[heartbeat]\nurl_env = '{HOOK}'", "[heartbeat] url_env 要写环境变量的名字", "693a91f6"),
    ("[heartbeat]\nurl_env = ['693a91f6']", "[heartbeat] url_env 要写文字", "693a91f6"),
    ("[database]\nurl = 'postgresql://duban:hunter2@db/duban'", "[database] url 里写了密码", "hunter2"),
    ("[database]\nurl = 'postgresql://db/duban?user=duban&password=hunter2'", "[database] url 里写了密码", "hunter2"),
]


@pytest.mark.parametrize(("content", "said", "secret"), SECRETS)
def test_a_secret_in_the_file_is_refused_with_where_to_put_it_and_never_repeated(
    tmp_path: Path, content: str, said: str, secret: str
) -> None:
    answer = wrong(tmp_path, content)

    assert said in answer
    assert secret not in answer


def test_an_address_without_a_password_may_stand_in_the_file(tmp_path: Path) -> None:
    told(tmp_path, "[database]\nurl = 'postgresql+psycopg://duban@db:5432/duban'\n[smtp]\nhost = 'a'\nuser = 'zzb@a.edu'")


def test_a_variable_may_hold_the_database_s_password(tmp_path: Path) -> None:
    told(tmp_path, "", DUBAN_DATABASE_URL="postgresql://duban:hunter2@db/duban")


def test_all_problems_of_a_file_and_of_the_variables_are_said_at_once(tmp_path: Path) -> None:
    content = (
        "[smpt]\n[quiet]\nhours = ['18:00-08:00']\n[channels.bot]\nkind = 'wechat'\nattempts = 0\n[deliver]\norder = ['sms']\n"
        "[smtp]\nport = 'x'\nsecurity = 'tls'\n"
    )

    answer = wrong(tmp_path, content, DUBAN_KEEP_DAYS="viele", DUBAN_BACKEND="redis", DUBAN_HEARTBEAT_URL_ENV=HOOK)

    for said in (
        "[smpt] 不认识",
        "止不晚于起",
        "kind 只能是",
        "attempts 要在",
        "“sms”没有这个渠道",
        "port 要写整数",
        "security",
    ):
        assert said in answer
    assert "环境变量 DUBAN_KEEP_DAYS 要写整数，现在是“viele”" in answer
    assert "环境变量 DUBAN_BACKEND：[deliver] backend 只能是" in answer
    assert "环境变量 DUBAN_HEARTBEAT_URL_ENV：[heartbeat] url_env 要写环境变量的名字" in answer
    assert HOOK not in answer


def test_a_variable_wins_over_the_new_sections_too(tmp_path: Path) -> None:
    content = "[first_chase]\nhold_hours = 2\n[deliver]\nbackend = 'poll'\n[privacy]\nkeep_days = 30\n"

    found = told(tmp_path, content, DUBAN_FIRST_CHASE_HOURS="8", DUBAN_BACKEND="procrastinate", DUBAN_KEEP_DAYS="60")

    assert (found.preview_hours, found.backend, found.keep_days) == (8, "procrastinate", 60)


def test_mail_may_be_in_the_order_when_a_variable_names_the_server(tmp_path: Path) -> None:
    found = told(tmp_path, "[deliver]\norder = ['email', 'folder']\n", DUBAN_SMTP_HOST="smtp.example.edu.cn")

    assert found.order == ("email", "folder")


def test_hours_are_read_as_people_write_them_and_put_in_order(tmp_path: Path) -> None:
    found = told(tmp_path, "[quiet]\nhours = ['14：00—18:00', '8:00-12:00', '20:00-24:00']\n")

    assert found.quiet == ((time(8), time(12)), (time(14), time(18)), (time(20), time.max))


def test_every_robot_is_one_that_calls_a_server() -> None:
    assert set(ROBOTS) < set(OUTSIDE)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('header = "X Remote User"', "请求头的名字"),
        ('header = "X_Remote_User"', "请求头的名字"),
        ('proxies = ["the proxy"]', "不是地址"),
        ('proxies = ["0.0.0.0/0"]', "谁都可以冒充别人"),
        ('proxies = ["::/0"]', "谁都可以冒充别人"),
        ('proxies = "127.0.0.1"', "要写一列文字"),
        ('css = "https://elsewhere.example.com/x.css"', "同一台主机上的路径"),
        ('css = "//elsewhere.example.com/x.css"', "同一台主机上的路径"),
        ('home = "javascript:alert(1)"', "开头的路径"),
        ('secure = "yes"', "true 或 false"),
        ('header = "X-Remote-User"', "还要在 proxies 里写反向代理的地址"),
        ('name_header = "X-Remote-Name"', "还要写 header"),
        ("workers = 4", "不认识"),
    ],
)
def test_a_portal_that_would_believe_or_load_the_wrong_is_refused(tmp_path: Path, line: str, said: str) -> None:
    assert said in wrong(tmp_path, f"[portal]\n{line}\n")


def test_a_portal_behind_a_proxy_is_told_whom_to_believe(tmp_path: Path) -> None:
    lines = 'header = "X-Remote-User"\nproxies = ["127.0.0.1", "10.0.0.0/24"]\nsecure = true\n'

    found = told(tmp_path, f"[portal]\n{lines}").portal

    assert found == PortalSettings(header="X-Remote-User", proxies=("127.0.0.1", "10.0.0.0/24"), secure=True)
