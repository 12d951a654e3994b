"""One way of writing, character for character: half-width, simplified, one dash; every place stays where it was."""

from __future__ import annotations

_TRADITIONAL = (
    "關於創學規劃標幹覺實階識設進備組織發動為員開會舉辦時個習專題報驗結總導書評選黨團級區縣鄉鎮門務號間從與節後內點週當訓練競賽並彙際屆"
    "範圍義轉變責對單項檢查條觀領辦讓圖畫質測試審計劃啟動調研統籌協貫徹強環製處長場農業職務醫院機構隊歷無電話傳達達聯繫繼續經過應該"
    "須將來說這種樣麼們見證認讀寫論議決執顧問簡訊網頁發佈錄減負擔價優勝獎懲獲獻愛國際勞動產權產據據類屬財務體衛藝術藥師範圖書館"
    "擬暫遲繳納紙郵遞齊絡歸檔廳層兩嚴響講參徵訂擴廣眾風亂糾隱鞏稱態給離終預額資貼異勵繕寬頒錯誤遷補衝壓劇曆"
)
_SIMPLIFIED = (
    "关于创学规划标干觉实阶识设进备组织发动为员开会举办时个习专题报验结总导书评选党团级区县乡镇门务号间从与节后内点周当训练竞赛并汇际届"
    "范围义转变责对单项检查条观领办让图画质测试审计划启动调研统筹协贯彻强环制处长场农业职务医院机构队历无电话传达达联系继续经过应该"
    "须将来说这种样么们见证认读写论议决执顾问简讯网页发布录减负担价优胜奖惩获献爱国际劳动产权产据据类属财务体卫艺术药师范图书馆"
    "拟暂迟缴纳纸邮递齐络归档厅层两严响讲参征订扩广众风乱纠隐巩称态给离终预额资贴异励缮宽颁错误迁补冲压剧历"
)
_FULL_WIDTH = {chr(code + 0xFEE0): chr(code) for code in range(0x21, 0x7F)}
_DASHES = dict.fromkeys("—–―‒‐‑−─━∼〜～﹣﹘ー", "-")
_BRACKETS = {
    "〔": "[",
    "〕": "]",
    "【": "[",
    "】": "]",
    "﹙": "(",
    "﹚": ")",
    "「": "“",
    "」": "”",
    "『": "“",
    "』": "”",
    "﹔": ";",
    "﹕": ":",
}
_CHARS = str.maketrans(
    dict(zip(_TRADITIONAL, _SIMPLIFIED, strict=True))
    | _FULL_WIDTH
    | _DASHES
    | _BRACKETS
    | {"~": "-", "\u3000": " ", "\xa0": " ", "\t": " ", "\n": " ", "﹒": ".", "○": "〇", "◯": "〇", "Ο": "〇", "О": "〇"}
)

# What a page leaves at the ends of a line: blanks of every width, marks that are not seen.
BLANK = " \t\r\n\f\v\u3000\xa0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b\u200c\u200d\u2060\ufeff\u00ad"


def plain(text: str) -> str:
    """The text as the readers compare it, as long as before: `（一）關於` and `(一)关于` are the same."""
    return text.translate(_CHARS)
