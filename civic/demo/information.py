"""Open information, articles and posts of the demo. All figures are made up and say so."""

from dataclasses import dataclass

from civic.demo.content import Both

SAMPLE = Both("示範資料", "sample data")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page of open information. `rows` hold what the table holds; words in it come in both languages."""

    slug: str
    title: Both
    summary: Both
    source: Both
    about: str
    columns: tuple[Both, ...]
    rows: tuple[tuple[Both | str, ...], ...]


@dataclass(frozen=True, slots=True)
class Hub:
    """A hub below "open information" and its pages."""

    slug: str
    title: Both
    lede: Both
    sheets: tuple[Sheet, ...]


@dataclass(frozen=True, slots=True)
class Article:
    """A text of the communicators. `age` is in days."""

    slug: str
    title: Both
    lede: Both
    paragraphs: tuple[Both, ...]
    age: int


STATION, SCHOOL, MARKET, HOSPITAL = (
    Both("中央車站", "Central Station"),
    Both("夜間部大門", "Evening School Gate"),
    Both("市場口", "Market Corner"),
    Both("市立醫院", "City Hospital"),
)
VILLAGE, STADIUM = Both("山腳活動中心", "Foothill Centre"), Both("體育館", "Stadium")
EARLY, LATE, NIGHT = (
    Both("早上 6 至 9 時", "6 to 9 am"),
    Both("下午 4 至 7 時", "4 to 7 pm"),
    Both("晚上 9 時後", "after 9 pm"),
)
FALLS, OLD_STREET, RIDGE = (
    Both("瀑布步道", "Waterfall Trail"),
    Both("舊城老街", "Old Street"),
    Both("稜線步道", "Ridge Trail"),
)
WEEKDAY, WEEKEND = Both("平日", "weekday"), Both("假日", "holiday")

HUBS = (
    Hub(
        "transport",
        Both("交通", "Transport"),
        Both("班次、站點與準點率：討論公車之前先看的資料（示範資料）。", (
            "Timetables, stops and punctuality, to read before we talk (sample data)."
        )),
        (
            Sheet(
                "bus-boardings",
                Both("各站每日平均上下車人次（示範資料）", "Daily average of people getting on and off (sample data)"),
                Both("六個站、三個時段的上下車人次。數字是虛構的。", (
                    "Six stops at three times of day. The figures are made up."
                )),
                Both("示範交通局（示範資料）", "Sample Transport Bureau (sample data)"),
                "trunk-bus-stops",
                (Both("站名", "Stop"), Both("時段", "Time"), Both("上車", "On"), Both("下車", "Off")),
                (
                    (STATION, EARLY, "412", "655"), (STATION, LATE, "738", "390"), (STATION, NIGHT, "128", "71"),
                    (SCHOOL, EARLY, "46", "210"), (SCHOOL, LATE, "233", "187"), (SCHOOL, NIGHT, "34", "5"),
                    (MARKET, EARLY, "196", "301"), (MARKET, LATE, "88", "112"), (MARKET, NIGHT, "4", "9"),
                    (HOSPITAL, EARLY, "97", "268"), (HOSPITAL, LATE, "214", "90"), (HOSPITAL, NIGHT, "22", "13"),
                    (VILLAGE, EARLY, "31", "8"), (VILLAGE, LATE, "9", "33"), (VILLAGE, NIGHT, "0", "4"),
                    (STADIUM, EARLY, "25", "62"), (STADIUM, LATE, "141", "118"), (STADIUM, NIGHT, "57", "16"),
                ),
            ),
            Sheet(
                "bus-punctuality",
                Both("路線準點率（示範資料）", "Punctuality by line (sample data)"),
                Both("誤差五分鐘以內算準點。數字是虛構的。", (
                    "On time means within five minutes. The figures are made up."
                )),
                Both("示範交通局（示範資料）", "Sample Transport Bureau (sample data)"),
                "trunk-bus-stops",
                (
                    Both("路線", "Line"), Both("單趟分鐘", "Minutes one way"),
                    Both("尖峰準點率（%）", (
                        "On time at rush hour (%)"
                    )), Both("離峰準點率（%）", "On time otherwise (%)"),
                ),
                (
                    ("1", "78", "41", "66"), ("2", "72", "44", "70"), ("3", "55", "63", "82"),
                    ("5", "81", "38", "61"), ("8", "49", "71", "88"), ("11", "74", "46", "69"),
                ),
            ),
        ),
    ),
    Hub(
        "tourism",
        Both("觀光", "Tourism"),
        Both("景點人流與接駁：出門前先看的資料（示範資料）。", (
            "Visitors and shuttles, to read before you go (sample data)."
        )),
        (
            Sheet(
                "sight-visitors",
                Both("景點每日人次與上限（示範資料）", "Visitors a day and limits (sample data)"),
                Both("三個景點平日與假日的人次，以及建議的同時在場上限。數字是虛構的。",
                     "Three sights on weekdays and holidays, and how many should be there at one time. "
                     "The figures are made up."),
                Both("示範觀光處（示範資料）", "Sample Tourism Office (sample data)"),
                "booking-crowded-sights",
                (
                    Both("景點", "Sight"), Both("日別", "Day"), Both("人次", "Visitors"),
                    Both("最擠時段", "Busiest time"), Both("同時在場上限", "Limit at one time"),
                ),
                (
                    (FALLS, WEEKDAY, "1140", "14:00", "600"), (FALLS, WEEKEND, "9200", "14:30", "600"),
                    (OLD_STREET, WEEKDAY, "2350", "12:00", "2500"), (OLD_STREET, WEEKEND, "15800", "15:00", "2500"),
                    (RIDGE, WEEKDAY, "180", "09:00", "300"), (RIDGE, WEEKEND, "960", "09:30", "300"),
                ),
            ),
        ),
    ),
)  # fmt: skip

ARTICLES = (
    Article(
        "how-your-opinion-travels",
        Both("您的意見會走到哪裡", "Where your opinion goes"),
        Both("從送出到答覆的五步。", "Five steps from sending to an answer."),
        (
            Both(
                "（示範文章）送出之後，意見馬上出現在討論串裡，別人可以回應。",
                "(Sample article) Once sent, your opinion stands in the discussion at once and others can reply.",
            ),
            Both(
                "系統把意思相近的意見放在一起，成為主題；每個主題都看得到有幾則、幾個人、正反各多少，並連回原文。",
                "Opinions that say similar things are put together as a topic; each topic shows how many "
                "opinions and people are behind it, "
                "how they feel, and links to the original words.",
            ),
            Both(
                "機關看的是同一份整理，逐題答覆。有了答覆，登入後在您自己的頁面就看得到。",
                "The agency reads the same summary and answers topic by topic. You find the answer on your own page.",
            ),
        ),
        9,
    ),
    Article(
        "not-a-poll",
        Both("這不是民調", "This is not a poll"),
        Both(
            "留言的人不代表所有人，所以我們這樣讀數字。",
            "Those who write do not stand for everybody; this is how to read the numbers.",
        ),
        (
            Both(
                "（示範文章）會來留言的人，往往是最受影響、也最有時間的人。人數多不等於多數。",
                "(Sample article) People who write are often those most concerned and those with time. "
                "Many is not the same as most.",
            ),
            Both(
                "因此每張圖都把來源分開：站上的意見、投票與社群貼文不加在一起，社群貼文也不當成居民。",
                "So every chart keeps its sources apart: opinions here, votes and social posts are never "
                "added up, and posts are not "
                "counted as residents.",
            ),
        ),
        20,
    ),
)

MONITOR_LABEL = "示範論壇貼文"
# Posts as a file: number, author, hours ago, words.
POSTS = (
    ("p1", "a1", 150, "新路線圖看了三遍還是不知道我家那班去哪了，轉乘站也太遠"),
    ("p2", "a2", 140, "說要轉車我就懶了，直接騎機車比較快，反正停車又不用錢"),
    ("p3", "a3", 122, "幹線八分鐘一班如果是真的我把機車賣掉，先講先贏"),
    ("p4", "a1", 98, "等接駁車等了半小時，司機說他也不知道幹線幾點到，兩邊沒有對時間"),
    ("p5", "a4", 90, "公車司機缺成這樣，班次表寫得再漂亮都是夢"),
    ("p6", "a5", 71, "阿公去醫院要轉兩次車，拜託醫院線留著"),
    ("p7", "a6", 55, "路線拉直我支持，繞進社區那段每天都塞在同一個路口"),
    ("p8", "a7", 40, "末班九點半，夜校的學生是不用回家嗎"),
    ("p9", "a8", 22, "市場那站擋住整條車道，往前移六十公尺到底有什麼難"),
    ("p10", "a2", 9, "公開資訊那張準點率表滿清楚的，尖峰四成準點難怪大家罵"),
)

LIVE_TITLE = "公車改點線上說明會（示範）"
LIVE_QUESTIONS = (
    (2, "接駁車跟幹線沒有對上時間的話，下一班要等多久？", 11),
    (4, "夜間末班可以延到十點半嗎？什麼時候會有答案？", 9),
    (6, "轉乘站的無障礙坡道，改線那天會全部做好嗎？", 14),
    (39, "Will the new route maps be in English as well?", 4),
    (12, "司機還缺幾位？沒補齊之前會不會先減班？", 7),
)

COMMENT_ANSWERS = {
    "trunk-bus-stops": (
        "village",
        "officer",
        0.5,
        "謝謝您替家人提出來。預約式小巴會同時保留電話預約，由專人接聽，早上六點到晚上八點；里辦公處也可以代約。"
        "試辦的三個月內，山腳下這條原來的路線不會停駛，我們會用上下車人次決定要不要調整，結果公布在公開資訊。",
    ),
    "booking-crowded-sights": (
        "safety",
        "demo-tourism",
        9,
        "那一天的救援過程我們檢討過了。瀑布步道從下個連假起設同時在場六百人的上限，入口與路口看板顯示即時人數；"
        "木棧道瓶頸段改為單向，救護通道全程保持淨空。",
    ),
}
TOPIC_ANSWER = (
    "booking-crowded-sights",
    "demo-tourism",
    6,
    "關於這個主題，我們逐則讀過了。決定如下：假日分時段預約，保留三成現場名額；居民與在地攤商免預約，由公所造冊；"
    "旅行社名額分開計算，用不完前一天退回。半年後公布人次、準時入園率與店家營業額的變化，再請大家檢視一次。",
)
