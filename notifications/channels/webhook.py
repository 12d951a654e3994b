"""A channel that hands messages to another program of the campus: a CloudEvent by POST, signed, with a key against repeats."""

from __future__ import annotations

from notifications.channels.answers import as_json, by_status
from notifications.channels.channel import Failed, Parcel, Result, Sent
from notifications.channels.http import Answer, BadSettings, Http, Posting
from notifications.channels.signing import Clock, key_of, name_of, standard

TYPE = "duban.message"
_SHOWN = 200


class WebhookChannel(Posting):
    """Posts `application/cloudevents+json` to `url`; signed with `secret` as Standard Webhooks asks, if there is one.

    The receiver answers 2xx when it has the message, 409 when it had this `Idempotency-Key` already, 410 when it wants no more.
    With 429 or 503 it may say in `Retry-After` for how many seconds it wants to be left alone.
    """

    group = False

    def __init__(
        self,
        url: str,
        *,
        clock: Clock,
        secret: str | None = None,
        name: str = "webhook",
        source: str = "duban",
        timeout: float = 10.0,
        ca_file: str | None = None,
        proxy: str | None = None,
    ) -> None:
        super().__init__(name, Http(name, url, timeout=timeout, secret=secret, ca_file=ca_file, proxy=proxy))
        self._secret, self._clock, self._source = checked(name, secret), clock, source

    def send(self, parcel: Parcel) -> Result:
        name = name_of(parcel.key)
        try:
            body = as_json(_event(parcel, name, self._source))
        except (TypeError, ValueError):
            return Failed(why="消息的附加内容写不成 JSON", code="bad-extra", fault="message")
        headers = {
            "Content-Type": "application/cloudevents+json; charset=utf-8",
            "Idempotency-Key": name,
            **standard(self._secret, name, body, self._clock()),
        }
        answer = self._http.post(body, headers)
        if not isinstance(answer, Answer):
            return answer
        words = self._http.said(f"{answer.status} {answer.body[:_SHOWN].decode(errors='replace')}")
        if 200 <= answer.status < 300:
            return Sent(provider_id=name, note=words)
        if answer.status == 409:
            return Sent(provider_id=name, note=f"对方早已收到（{words}）")
        return by_status(answer, f"{self._http.host} 的答复说不清", words)


def checked(channel: str, secret: str | None) -> str | None:
    """The secret, None for an empty one. Raises `BadSettings` if it cannot be a key."""
    if not secret:
        return None
    try:
        key_of(secret)
    except ValueError:
        raise BadSettings(channel, ["密钥以 whsec_ 开头，后面却不是 base64"]) from None
    return secret


def _event(parcel: Parcel, name: str, source: str) -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": name,
        "source": source,
        "type": TYPE,
        "time": parcel.at.isoformat(),
        "datacontenttype": "application/json",
        "data": {
            **parcel.extra,
            "message": parcel.id,
            "to": parcel.to,
            "recipient": parcel.recipient,
            "subject": parcel.subject,
            "text": parcel.text,
            "html": parcel.html,
        },
    }
