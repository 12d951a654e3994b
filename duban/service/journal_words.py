"""What each line of the journal is called."""

from __future__ import annotations

from workflow.guards import ACT_WORDS

EVENT_WORDS = ACT_WORDS | {
    "launch": "启动",
    "sign": "领导决定",
    "complete": "本阶段完成",
    "open": "到时间转入",
    "grade": "定级",
    "void": "不再适用",
    "calendar": "日历变化",
    "promise": "承诺",
    "extend-ask": "申请延期",
    "extend-withdraw": "撤回延期申请",
    "extend-refuse": "延期未获同意",
    "paper-draft": "公文",
    "paper-sign": "公文",
    "paper-refuse": "公文",
    "silence": "静默",
    "silence-end": "静默提前结束",
    "pause": "活动暂停",
    "resume": "活动恢复",
    "migrate": "转到新版活动设置",
    "delegate": "委托",
    "release": "放行首次催办",
    "retry-message": "消息再发一次",
    "abort-message": "消息取消",
    "enable-channel": "渠道重新启用",
    "restored": "数据库从备份恢复",
    "rewind": "核查重新计时",
    "confirm-run": "核查放行",
    "reject-run": "核查取消",
    "found": "新设单位",
    "rename": "更名",
    "move": "调整隶属",
    "merge": "合并",
    "split": "拆分",
    "dissolve": "撤销",
}
