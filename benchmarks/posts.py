"""Makes posts to measure with: Chinese news of the usual length, the same for the same number."""

import random

SENTENCES = (
    "港口当局星期五宣布，新码头将于下月初投入使用，首批货轮已经在外海等候。",
    "据气象台介绍，本周沿海地区多云转晴，白天最高气温在二十五度上下，夜间有阵风。",
    "市民代表在座谈会上提出，希望渡轮末班时间延长到晚上十一点，方便下班的人回家。",
    "这条铁路全长186公里，设站12座，建成以后两地之间的车程将缩短到40分钟以内。",
    "研究人员用三年时间记录了海湾里的鸟类，一共发现214种，其中17种是第一次见到。",
    "“我们不着急，先把每一段路走稳。”负责工程的总工程师说，质量始终排在第一位。",
    "渔业合作社今年添置了两条新船，装有定位和冷藏设备，出海一次可以停留八天左右。",
    "图书馆的旧楼正在修缮，读者可以在临时阅览室借书，开放时间为上午九点到晚上八点。",
)
HEADINGS = ("工程进展", "各方看法", "下一步安排", "背景资料")
CATEGORIES = ("port", "weather", "city", "science")
HAN = sorted({character for sentence in SENTENCES for character in sentence if "\u4e00" <= character <= "\u9fff"})


def post(number: int, characters: int = 1150) -> tuple[str, str]:
    """Return the file name and the text of post `number`, with about that many Han characters."""
    chance = random.Random(number)
    paragraphs, size = [], 0
    while size < characters:
        sentences = chance.sample(SENTENCES, chance.randint(2, 4))
        paragraph = "".join(_reworded(sentence, chance) for sentence in sentences)
        if len(paragraphs) % 5 == 4:
            paragraphs.append(f"<p><strong>{chance.choice(HEADINGS)}</strong></p>")
        paragraphs.append(f"<p>{paragraph}</p>")
        size += len(paragraph)
    month, day = 1 + number // 28 % 12, 1 + number % 28
    header = (
        f'---\nlayout: post\ntitle: "港口新闻第{number}号：码头与渡轮的一天"\n'
        f"date: 2024-{month:02}-{day:02} {number % 24:02}:00:00 +0800\n"
        f"categories: {CATEGORIES[number % 4]}\ntags: 港口新闻\n---\n"
    )
    footer = f'<p class="em_media">（文章来源：港口日报）</p>\n\n<https://daily.example.org/{number}.html>\n'
    return f"2024-{month:02}-{day:02}-{number:05}.md", header + " \n".join(paragraphs) + footer


def _reworded(sentence: str, chance: random.Random) -> str:
    """Return a sentence with every fourth character another one, so that no two posts say the same."""
    return "".join(
        chance.choice(HAN) if "\u4e00" <= character <= "\u9fff" and chance.random() < 1 / 4 else character
        for character in sentence
    )
