"""What a person should look at in a reading: every flag, with its Chinese sentence."""

from __future__ import annotations

FLAGS = {
    "ambiguous": "可以有两种理解，请写明具体日期",
    "apart": "几项工作各有时限，请分开写",
    "asked": "没有写明时间，请补充",
    "by-terms": "日子取自校历，请核对",
    "daily": "按天重复的事项不单独生成，请改写",
    "damaged": "文字似有缺损，所示日期只是建议，请核对原文",
    "day-in-period": "写明了周期内的某一天，目前按整个周期办理，请核对",
    "event": "时间取决于某项活动，请确定该活动的日期",
    "hour-unclear": "几点没有写清，暂按当日24:00",
    "impossible": "没有这一天或这个时刻，请核对",
    "next-year": "没有写年份，按下一年理解",
    "no-date": "只写了几点，没有写日期",
    "no-month": "只写了几日，没有写月份",
    "no-year": "没有写年份，也不知道印发日期",
    "others": "句中还有别的日期，未采用",
    "past": "早于印发日期",
    "reference": "所写日期不是办理时限（文号、历史、会议届次、总结所属年度等）",
    "school-year": "“学年”按自然年理解",
    "several": "写了多个时间",
    "short-form": "日期写得简略，请核对",
    "tentative": "写的是暂定",
    "unread": "没有读出时间",
    "vague": "没有具体时间（定期、适时、及时等），请确定",
    "week": "“本周”“下周”按到周日理解，请核对",
    "weekday-mismatch": "日期与星期几不一致，请核对",
}

BLOCKING = frozenset(
    {
        "ambiguous",
        "apart",
        "asked",
        "daily",
        "damaged",
        "event",
        "impossible",
        "no-date",
        "no-month",
        "no-year",
        "unread",
        "vague",
        "weekday-mismatch",
    }
)
"""Flags with which no duty may be made before a person has decided; the others are only shown."""
