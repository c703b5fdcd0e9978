"""Sample discussion 3, answered: booking a place at crowded sights."""

from civic.demo.content import Both, Claim, Kind, Remark, Subject
from discussions.models import Phase

SUBJECT = Subject(
    slug="booking-crowded-sights",
    agency="demo-tourism",
    title=Both("觀光景點人流預約", "Booking a time at crowded sights"),
    question=Both(
        "假日擠爆的步道與老街，應該用預約來分散人潮嗎？怎麼約才公平？",
        "Should crowded trails and old streets be booked on holidays, and what would be a fair way?",
    ),
    introduction=(
        Both(
            "（示範內容）這是一個虛構的討論，讓您試用平台；文字、數字與單位都不是真的。",
            "(Sample content) This discussion is made up so that you can try the platform. Words, "
            "figures and agencies are not real.",
        ),
        Both(
            "瀑布步道假日最多一天進了 9,200 人，救護車進不去。草案是假日分時段預約，當地居民免預約，保留三成現場名額。",
            "On one holiday 9,200 people walked the waterfall trail and an ambulance could not get "
            "through. The draft: time slots on "
            "holidays, none for residents, and three places in ten kept for people who just come.",
        ),
    ),
    phase=Phase.ANSWERED,
    process="agency",
    opens=-71,
    remarks=(
        Remark("local", 28, "我家就在步道口，假日出門買醬油要跟遊覽車搶路。居民免預約這點務必留著。", Kind.SUPPORT),
        Remark("local-1", 30, "居民怎麼認定？我們攤子擺了兩代，戶籍在隔壁鄉，算不算？", Kind.QUESTION, "local"),
        Remark("local-2", 26, "民宿的客人呢？人都住進來了結果步道約不到，會跑來罵我們。", Kind.CONCERN, "local"),
        Remark(
            "safety",
            34,
            "那天我在現場，擔架從人縫裡抬出去，抬了四十分鐘。不管預約還是什麼，一定要有上限。",
            Kind.CONCERN,
        ),
        Remark(
            "safety-1",
            27,
            "爬山的人都知道那個瓶頸，木棧道只有一公尺寬。人數上限支持，而且要算同時在場，不是一天幾人。",
            Kind.SUGGESTION,
            "safety",
        ),
        Remark("safety-2", 32, "志工補充：下午兩點到四點最慘，早上其實很空。分時段比總量有用。", to="safety"),
        Remark("fair", 33, "每次預約都被外掛跟旅行社秒殺，最後是有辦法的人去得成。沒有實名制就不要做。", Kind.CONCERN),
        Remark(
            "fair-1",
            25,
            "導遊說句話：旅行社也是很早就要排團，不是每家都囤票。團體名額分開、用不完退回就好。",
            Kind.SUGGESTION,
            "fair",
        ),
        Remark("fair-2", 37, "「用不完退回」誰信。囤票沒有罰則就會囤。", to="fair-1"),
        Remark("fair-3", 21, "可以學抽籤，不要比手速。抽到沒來的，三個月不能再約。", Kind.SUGGESTION, "fair"),
        Remark("walk-in", 36, "三成現場名額剛好，長輩跟臨時起意的人還有機會。全預約我反對。", Kind.SUPPORT),
        Remark("walk-in-1", 3, "我不會上網，現場拿號碼牌我會。", Kind.SUPPORT, "walk-in"),
        Remark("walk-in-2", 38, "現場三成會不會變成清晨四點排隊？想聽聽看別的地方怎麼做。", Kind.QUESTION, "walk-in"),
        Remark("business", 26, "人少了我們賣什麼？老街一年就靠那幾個連假。要做可以，平日要把客人帶來。", Kind.CONCERN),
        Remark("business-1", 30, "攤販也怕，但那天擠成那樣，客人根本停不下來買，只想趕快出去。", to="business"),
        Remark("business-2", 31, "改成接駁加單車，車子不要開進來，人慢下來就會買東西了。", Kind.SUGGESTION, "business"),
        Remark("parking", 8, "亂停車才是問題，預約步道的人一樣開車來，塞的是我們的產業道路。", Kind.CONCERN),
        Remark(
            "parking-1", 9, "預約時段要跟停車位綁在一起，沒有車位的時段就請他搭接駁車。", Kind.SUGGESTION, "parking"
        ),
        Remark(
            "data", 35, "步道口裝了計數器，資料卻沒公開。先公開即時人數，很多人看到爆滿自己就不去了。", Kind.SUGGESTION
        ),
        Remark(
            "data-1",
            39,
            "A live number on the road sign before the turn-off would save me the whole trip.",
            Kind.SUPPORT,
            "data",
        ),
        Remark(
            "tourist",
            40,
            "As a visitor I would book gladly if it takes one minute and no local phone number is needed.",
            Kind.SUGGESTION,
        ),
        Remark("photo", 29, "說句不討喜的，一堆人就是為了拍同一張照片排兩小時，分流到別的瀑布不行嗎，我們有四個。"),
    ),
    claims=(
        Claim("步道要有同時在場的人數上限。", 10, 7),
        Claim("假日應該分時段預約。", 9, 3),
        Claim("當地居民不用預約。", 9, 9),
        Claim("要保留三成現場名額。", 6, 9),
        Claim("預約必須實名，不得轉讓。", 9, 4),
        Claim("旅行社的名額要分開，用不完退回。", 8, 6),
        Claim("預約會讓老街生意變差。", 2, 9),
        Claim("比起預約，更應該管停車。", 3, 8),
        Claim("即時人數應該公開在路口看板與網路上。", 10, 9),
        Claim("沒來的人三個月內不能再預約。", 8, 5),
        Claim("平日不需要任何管制。", 5, 9),
        Claim("寧可少賺一點，也不要再發生救護車進不去的事。", 9, 6),
    ),
)
