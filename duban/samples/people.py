"""Who the invented people are: names, 工号, addresses that lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random

from duban.workbook.rows import PostRow

SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
)
FIRST = "若亦景思雨书知子嘉予沐清以语筱凌芷星安彦君怀承乐可砚墨修禾映言初望屿时"
SECOND = "舟岚川澜楠桐苓蔚遥笙菡骞珩珂霖淇苒汐橙舒棠柯屹岑溪弈朗蓁琛昀瑶恬槿荔"


@dataclass(frozen=True, kw_only=True)
class Human:
    """One invented person. `email` may be missing, as it is in real lists."""

    name: str
    number: str
    mobile: str
    email: str | None


@dataclass
class Registry:
    """Hands out people who do not exist: addresses in example.edu, mobiles that begin with 100, which no network does."""

    random: Random
    serial: int = 0
    names: set[str] = field(default_factory=set)

    def somebody(self, *, email: bool = True, name: str | None = None) -> Human:
        """A new person; `name` makes a namesake of somebody."""
        self.serial += 1
        number = f"{self.random.randint(1978, 2007)}{self.serial:04d}"
        return Human(
            name=name or self._name(),
            number=number,
            mobile=f"100{self.serial:08d}",
            email=f"{number}@example.edu" if email else None,
        )

    def _name(self) -> str:
        while True:
            given = self.random.choice(SECOND)
            if self.random.random() < 0.75:
                given = self.random.choice(FIRST) + given
            name = self.random.choice(SURNAMES) + given
            if name not in self.names:
                self.names.add(name)
                return name


def post(unit: str, role: str, human: Human, *, valid_from: date | None = None, valid_to: date | None = None) -> PostRow:
    return PostRow(
        unit=unit,
        role=role,
        name=human.name,
        person=human.number,
        email=human.email,
        mobile=human.mobile,
        valid_from=valid_from,
        valid_to=valid_to,
    )
