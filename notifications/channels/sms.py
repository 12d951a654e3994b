"""A channel that asks the campus's SMS gateway (短信平台) to fill one of its approved templates.

What an adapter in front of a gateway has to speak, in JSON, signed as Standard Webhooks asks:

    POST URL        {"key", "mobile", "template", "params": ["…"]}
      200           {"result": "accepted", "id": "…"}            the gateway has it; `id` is its own name for it
                    {"result": "bad-number" | "refused" | "not-allowed" | "busy", "message": "…"}
    POST URL/query  {"key", "id"}                                 what became of it; `id` may be null
      200           {"state": "accepted" | "delivered" | "failed" | "bad-number" | "pending" | "none", "id", "message"}

The same `key` is accepted once: a repeat gets the answer of the first. `none` says that this key never came.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from notifications.channels.answers import as_json, by_status, reply_of
from notifications.channels.channel import Failed, Parcel, Result, Retry, Sent, Unknown
from notifications.channels.http import SOON, Answer, BadSettings, Http, Posting
from notifications.channels.signing import Clock, name_of, standard
from notifications.channels.webhook import checked

_MOBILE = re.compile(r"(?:\+?86)?(1\d{10})")
_LONGEST_ID = 200


class SmsChannel(Posting):
    """One template of one gateway. `fields` names the facts that are its parameters, in the template's order.

    Nothing else of a letter leaves by SMS: no names of others, no text of ours.
    """

    group = False

    def __init__(
        self,
        url: str,
        *,
        template: str,
        fields: tuple[str, ...],
        clock: Clock,
        secret: str | None = None,
        name: str = "sms",
        timeout: float = 10.0,
        ca_file: str | None = None,
        proxy: str | None = None,
    ) -> None:
        if not template.strip():
            raise BadSettings(name, ["template 没有写短信平台的模板编号"])
        super().__init__(name, Http(name, url, timeout=timeout, secret=secret, ca_file=ca_file, proxy=proxy))
        self._template, self._fields, self._clock = template, fields, clock
        self._secret = checked(name, secret)

    def send(self, parcel: Parcel) -> Result:
        mobile = _MOBILE.fullmatch(re.sub(r"[\s-]", "", parcel.to))
        if mobile is None:
            return Failed(why="手机号不对，请在任职表里改正（11位数字）", code="bad-address")
        missing = [field for field in self._fields if field not in parcel.facts]
        if missing:
            why = f"短信模板的参数里没有 {'、'.join(missing)}；可以用的有 {'、'.join(parcel.facts)}，请改 fields"
            return Failed(why=why, code="bad-fields", fault="channel")
        params = [parcel.facts[field] for field in self._fields]
        name = name_of(parcel.key)
        reply = self._asked({"key": name, "mobile": mobile[1], "template": self._template, "params": params}, name)
        return self._sent(reply) if isinstance(reply, tuple) else reply

    def query(self, *, key: str, provider_id: str | None = None) -> Result:
        """What became of the parcel with this key. `Retry` if the gateway never had it."""
        name = name_of(key)
        reply = self._asked({"key": name, "id": provider_id}, name, path="/query")
        if isinstance(reply, tuple):
            return self._found(*reply)
        # No answer to a question says nothing about the parcel: it may have arrived.
        return Unknown(why=f"短信平台没有答出结果（{reply.why}）") if not isinstance(reply, Sent) else reply

    def _asked(self, question: object, name: str, path: str = "") -> tuple[Mapping[str, object], str] | Result:
        """The gateway's reply with its words, or what its silence or its status means."""
        body = as_json(question)
        headers = {"Content-Type": "application/json; charset=utf-8", "Idempotency-Key": name}
        answer = self._http.post(body, headers | standard(self._secret, name, body, self._clock()), path=path)
        if not isinstance(answer, Answer):
            return answer
        reply = reply_of(answer.body)
        words = self._http.said(f"{answer.status} {reply.get('result', reply.get('state', ''))} {reply.get('message', '')}")
        return (reply, words) if answer.status == 200 else by_status(answer, "短信平台的答复看不懂", words)

    def _sent(self, reply: tuple[Mapping[str, object], str]) -> Result:
        found, words = reply
        match found.get("result"):
            case "accepted" if _id(found):
                return Sent(provider_id=_id(found), note=words)
            case "bad-number":
                return Failed(why=f"短信平台说这个号码收不到（{words}），请在任职表里改正", code="bad-number", fault="address")
            case "refused":
                return Failed(why=f"短信平台不接受这份内容（{words}），请核对模板和 fields", code="refused", fault="message")
            case "not-allowed":
                return Failed(why=f"短信平台不接受我们（{words}），请核对密钥、签名和余额", code="not-allowed", fault="channel")
            case "busy":
                return Retry(after_seconds=SOON, why=f"短信平台请我们稍后再发（{words}）", fault="channel")
        return Unknown(why=f"短信平台的答复看不懂（{words}），可能已经发出")

    def _found(self, found: Mapping[str, object], words: str) -> Result:
        match found.get("state"):
            case "accepted" | "delivered" if _id(found):
                return Sent(provider_id=_id(found), note=words)
            case "bad-number":
                return Failed(why=f"短信平台说这个号码收不到（{words}），请在任职表里改正", code="bad-number", fault="address")
            case "failed":
                return Failed(why=f"短信没有送到（{words}）", code="failed", fault="message")
            case "none":
                return Retry(after_seconds=0, why=f"短信平台没有收到过（{words}）", fault="message")
        return Unknown(why=f"短信平台还没有结果（{words}）")


def _id(found: Mapping[str, object]) -> str:
    value = found.get("id")
    return str(value)[:_LONGEST_ID] if isinstance(value, str | int) and not isinstance(value, bool) else ""
