"""Verbs about who may come in: account invite|list|disable 账号, token new|list|revoke 接口令牌. Whoever has the shell is trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from duban.cli.speak import Db, Json, answering, console, document, open_engine, say
from duban.cli.words import Face

if TYPE_CHECKING:
    from duban.engine import Engine
    from duban.service.accounts import AccountRead
    from duban.service.api_tokens import TokenRead
    from duban.service.invitations import Invited

People = Annotated[list[str], typer.Argument(help="工号、邮箱或 单位:角色（0307:书记），可写几个", metavar="WHO")]
One = Annotated[str, typer.Argument(help="工号、邮箱或 单位:角色（0307:书记）", metavar="WHO")]
Find = Annotated[str, typer.Argument(help="姓名、工号或单位里的字；不写则全部", metavar="WORDS")]
ALL = 1_000_000


def add_to(app: typer.Typer) -> None:
    app.add_typer(_account(), name="account")
    app.add_typer(_token(), name="token")


def _account() -> typer.Typer:
    group = Face(help="登录账号：没有统一登录的单位，由本人打开一次性链接设置密码。", no_args_is_help=True)
    group.command()(invite)
    group.command("list")(accounts)
    group.command()(disable)
    return group


def _token() -> typer.Typer:
    group = Face(help="接口令牌：别的程序以某人的名义查看或办理，最多和他本人一样。", no_args_is_help=True)
    group.command()(new)
    group.command("list")(tokens)
    group.command()(revoke)
    return group


def invite(who: People, db: Db = None, as_json: Json = False) -> None:
    """发一次性链接：72小时内有效，由本人设置密码；忘记密码也用它。先前没有用过的链接作废。"""
    with answering(as_json), open_engine(db) as engine:
        people = [engine.person(words) for words in who]  # all of them are known before the first link is made
        made = [engine.invite(person) for person in people]
        if as_json:
            document({"links": [_invited(engine, one) for one in made]})
            return
        for one in made:
            say(f"{one.name}：{_address(engine, one)}（{_minute(one.expires_at)}前有效，只交给本人）", hang=2)
        if not engine.context.settings.link:
            say("前面加上门户的地址；在 duban.toml 的 [link] url 写明后会自动加上。")


def accounts(words: Find = "", db: Db = None, as_json: Json = False) -> None:
    """现在任职的同志，谁能登录。"""
    with answering(as_json), open_engine(db) as engine:
        found = engine.accounts(words=words, limit=ALL).accounts
        if as_json:
            document({"accounts": [_account_document(one) for one in found]})
        else:
            _show_accounts(found)


def disable(who: One, db: Db = None, as_json: Json = False) -> None:
    """停用账号：立即退出各处登录，链接和令牌也不再有效。重新发链接就能恢复。"""
    with answering(as_json), open_engine(db) as engine:
        person = engine.person(who)
        engine.disable_account(person)
        if as_json:
            document({"person": person, "state": "disabled"})
        else:
            say("账号已停用。")


def new(
    who: One,
    name: Annotated[str, typer.Option("--name", help="用在哪里，如 数据中台", metavar="TEXT")],
    act: Annotated[bool, typer.Option("--act", help="还可以办理；不写则只查看")] = False,
    unit: Annotated[str | None, typer.Option("--unit", help="只限这个单位及其下级", metavar="U")] = None,
    days: Annotated[int, typer.Option("--days", help="有效几天，最长366", metavar="N")] = 90,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """新建令牌：只显示这一次。"""
    with answering(as_json), open_engine(db) as engine:
        made = engine.new_token(who, name=name, rights="act" if act else "read", unit=unit, days=days)
        if as_json:
            document({"token": made.id, "name": made.name, "secret": made.secret, "expires_at": _instant(made.expires_at)})
        else:
            say(f"令牌{made.id}（{made.name}），{_minute(made.expires_at)}前有效。只显示这一次：")
            say(made.secret)


def tokens(
    who: Annotated[str | None, typer.Option("--of", help="只看这个人的：工号、邮箱或 单位:角色", metavar="WHO")] = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """正在有效的令牌。"""
    with answering(as_json), open_engine(db) as engine:
        found = engine.tokens(who)
        if as_json:
            document({"tokens": [_token_document(one) for one in found]})
        else:
            _show_tokens(found)


def revoke(
    number: Annotated[int, typer.Argument(help="令牌的编号，见 duban token list", metavar="N")],
    db: Db = None,
    as_json: Json = False,
) -> None:
    """撤销令牌：立即不再有效。"""
    with answering(as_json), open_engine(db) as engine:
        engine.revoke_token(number)
        if as_json:
            document({"token": number, "state": "revoked"})
        else:
            say(f"令牌{number}已撤销。")


def _address(engine: Engine, made: Invited) -> str:
    return (engine.context.settings.link or "").rstrip("/") + made.path


def _invited(engine: Engine, made: Invited) -> dict[str, Any]:
    return {"person": made.person, "name": made.name, "link": _address(engine, made), "expires_at": _instant(made.expires_at)}


def _account_document(one: AccountRead) -> dict[str, Any]:
    times = {"changed_at": _maybe(one.changed_at), "link_until": _maybe(one.link_until)}
    return {**vars(one), "posts": list(one.posts), **times}


def _token_document(one: TokenRead) -> dict[str, Any]:
    return {**vars(one), "at": _instant(one.at), "expires_at": _instant(one.expires_at)}


def _show_accounts(found: tuple[AccountRead, ...]) -> None:
    from duban.cli.tables import fold, plain_table
    from duban.service.accounts import STATES

    if not found:
        say("没有符合条件的同志。")
        return
    table = plain_table()
    for words in ("工号", "姓名", "任职", "账号"):
        table.add_column(words, overflow="fold")
    for one in found:
        posts = "\n".join(fold(post, 30) for post in one.posts)
        table.add_row(one.number or "", fold(one.name, 12), posts, STATES[one.state])
    console().print(table)


def _show_tokens(found: tuple[TokenRead, ...]) -> None:
    from duban.cli.tables import fold, plain_table

    if not found:
        say("没有正在有效的令牌。")
        return
    table = plain_table()
    for words in ("编号", "名称", "以谁的名义", "权限", "限单位", "有效到", "最近使用"):
        table.add_column(words, overflow="fold")
    for one in found:
        used = one.last_used_on.isoformat() if one.last_used_on else "没有"
        names = (fold(one.name, 14), fold(one.person_name, 8), one.rights_words, fold(one.unit or one.unit_code or "", 14))
        table.add_row(str(one.id), *names, _minute(one.expires_at)[:10], used)
    console().print(table)


def _minute(at: int) -> str:
    from duban.clock import local_minute
    from duban.service.context import ZONE

    return local_minute(at, ZONE)


def _instant(at: int) -> str:
    from duban.clock import show_instant

    return show_instant(at)


def _maybe(at: int | None) -> str | None:
    return None if at is None else _instant(at)
