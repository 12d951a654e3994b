"""Who looks and who may: visitors, accounts, tokens."""

from __future__ import annotations

from duban.facade.base import Base
from duban.service import accounts as local_accounts
from duban.service import api_tokens, invitations, lines_calendar, playing, sessions, visiting
from duban.service.accounts import AccountList, OwnAccount, SignedIn
from duban.service.api_tokens import NewToken, TokenRead
from duban.service.invitations import Invited, Opened
from duban.service.playing import Player
from duban.service.portal_key import portal_key
from duban.service.visiting import Visitor


class Visiting(Base):
    """Who looks and who may: visitors, accounts, tokens."""

    def visitor(self, who: str | int) -> Visitor:
        """A person as he stands today: what he may see and which pages are his. Raises `NotFound` for who holds no post."""
        return visiting.visitor(self.context, self.person(who))

    def portal_key(self) -> bytes:
        """What the portal signs form tokens and calendar addresses with: the same for every process of this database."""
        return portal_key(self.context)

    def signed_in(self, secret: str) -> int | None:
        """The id of the person a session's secret belongs to; None once it is over, ended, or his account disabled."""
        return sessions.signed_in(self.context, secret)

    def sign_in(self, words: str, password: str, *, address: str, before: str | None = None, device: str = "") -> SignedIn:
        """A session for whoever knows the password of a 工号 or e-mail; `before` is the session his browser had, which ends, `device` the
        mark (`SignedIn.device`) of an earlier one: who has it waits for no stranger who tries his name.

        Raises `TooManyAttempts`, `NotSignedIn` (whatever the reason), `NotFound` for who holds no post.
        """
        return local_accounts.sign_in(self.context, words, password, address=address, before=before, device=device)

    def sign_out(self, secret: str) -> None:
        sessions.sign_out(self.context, secret)

    def end_sessions(self, who: str | int) -> int:
        """Every session of a person ends, on every device; how many there were."""
        return sessions.end_all(self.context, self.person(who))

    def own_account(self, who: str | int) -> OwnAccount | None:
        """A person's local account; None if he has none."""
        return local_accounts.own_account(self.context, self.person(who))

    def change_password(self, who: str | int, current: str, new: str, *, address: str, device: str = "") -> SignedIn:
        """Every session ends, a new one begins. Raises `TooManyAttempts`, `NotSignedIn`, `Refused`."""
        person = self.person(who)
        return local_accounts.change_password(self.context, person, current, new, address=address, device=device)

    def accounts(
        self, *, by: str | int | None = None, words: str = "", state: str | None = None, limit: int = 50, offset: int = 0
    ) -> AccountList:
        """Who holds a post today, and whether he can sign in. `by` looks after accounts, else `NotFound`; None is the shell."""
        looks = self._by(by)
        return local_accounts.accounts(self.context, by=looks, words=words, state=state, limit=limit, offset=offset)

    def disable_account(self, who: str | int, *, by: str | int | None = None) -> None:
        """停用. Raises `Refused`, `NotFound`."""
        local_accounts.disable(self.context, self.person(who), by=self._by(by))

    def invite(self, who: str | int, *, by: str | int | None = None) -> Invited:
        """A one-time link with which a person sets his password, the first time or anew."""
        return invitations.invite(self.context, self.person(who), by=self._by(by))

    def set_up(self) -> Invited:
        """The one-time link for whoever sets the portal up, or gets in again: for who has the shell."""
        return invitations.set_up(self.context)

    def invitation(self, kind: str, secret: str) -> Opened:
        """What a one-time link (`setup`, `invite`) opens; changes nothing. Raises `BadInvitation`."""
        return invitations.opened(self.context, kind, secret)

    def redeem(self, kind: str, secret: str, password: str, *, person: int | None = None) -> SignedIn:
        """Set the password a link is for, and sign in. `person` is who he is, for `setup`. Raises `BadInvitation`, `Refused`."""
        return invitations.redeem(self.context, kind, secret, password, person=person)

    def token_visitor(self, secret: str) -> Visitor | None:
        """Whom a program stands for with its token, narrowed to the token's unit and rights; None for one that opens nothing."""
        return api_tokens.token_visitor(self.context, secret)

    def new_token(
        self,
        who: str | int,
        *,
        name: str,
        rights: str = api_tokens.READ,
        unit: str | None = None,
        days: int = api_tokens.USUAL_DAYS,
        by: str | int | None = None,
    ) -> NewToken:
        """A token of a person: `rights` is read or act; `unit` (code or name) narrows it. Raises `Refused`, `NotFound`."""
        person, made_by = self.person(who), self._by(by)
        return api_tokens.new_token(self.context, person, name=name, rights=rights, unit=unit, days=days, by=made_by)

    def tokens(self, who: str | int | None = None) -> tuple[TokenRead, ...]:
        """A person's tokens that serve now; None: everybody's."""
        return api_tokens.tokens(self.context, self._by(who))

    def revoke_token(self, token: int, *, of: str | int | None = None) -> None:
        """撤销; `of` is whose it must be. Raises `NotFound`."""
        api_tokens.revoke(self.context, token, person=self._by(of))

    def players(self) -> tuple[Player, ...]:
        """沙盘：whom it is worth being; none outside a sandbox."""
        return playing.players(self.context)

    def play(self, who: str | int, *, before: str | None = None) -> SignedIn:
        """沙盘：a session as somebody, without a password. Raises `NotFound` outside a sandbox."""
        return playing.play(self.context, who, before=before)

    def calendar_no(self, who: str | int) -> int:
        """The number that the signed address of a person's calendar must hold."""
        return lines_calendar.address_no(self.context, self.person(who))

    def renew_calendar(self, who: str | int) -> int:
        """日历订阅：换一个地址. The old one opens nothing any more."""
        return lines_calendar.renew_address(self.context, self.person(who))

    def lines_calendar(self, visitor: Visitor, *, name: str, link: lines_calendar.Link) -> bytes:
        """The open lines of who looks, as iCalendar: all-day entries called `name`, each with the `link` of its duty."""
        return lines_calendar.lines_calendar(self.context, visitor, name=name, link=link)

    def _by(self, who: str | int | None) -> int | None:
        return None if who is None else self.person(who)
