"""Sample discussion 1, open: the trunk bus lines of a city are to be drawn anew."""

from civic.demo.content import CITIZEN, Both, Claim, Kind, Remark, Subject
from discussions.models import Phase

SUBJECT = Subject(
    slug="trunk-bus-stops",
    agency="demo-transport",
    title=Both("市區公車幹線改點", "New timetable and stops for the trunk buses"),
    question=Both(
        "把彎繞的路線改成幹線加接駁，班次更密但要多轉一次車，您覺得該怎麼改？",
        "Straighter trunk lines with feeders would run more often but need one more change. How should it be done?",
    ),
    introduction=(
        Both(
            "（示範內容）這是一個虛構的討論，讓您試用平台；文字、數字與單位都不是真的。",
            "(Sample content) This discussion is made up so that you can try the platform. Words, "
            "figures and agencies are not real.",
        ),
        Both(
            "目前市區有 18 條公車路線，很多路線繞進社區，單趟超過 70 分鐘，尖峰常常誤點。草案把其中 6 條拉直成幹線，"
            "尖峰 8 分鐘一班，社區改由小巴接駁，轉乘一小時內免費。",
            "Eighteen lines wind through the city; many take more than 70 minutes and run late at rush "
            "hour. The draft straightens six "
            "of them into trunk lines with a bus every 8 minutes; small feeder buses serve the "
            "neighbourhoods, and changing is free "
            "within an hour.",
        ),
        Both(
            "我們還沒有決定：哪些站不能拿掉、接駁車該怎麼排、轉乘站要有什麼。您每天怎麼搭車，請告訴我們。",
            "What is not decided: which stops must stay, how feeders should run, what a transfer stop "
            "needs. Tell us how you travel.",
        ),
    ),
    phase=Phase.OPEN,
    process="agency",
    opens=-12,
    remarks=(
        Remark(
            "late",
            0,
            "我每天搭 6 點 50 那班，十次有六次晚到，站牌寫的時間看看就好。先把準點做起來再談改線吧。",
            Kind.CONCERN,
        ),
        Remark("late-1", 1, "同一班，晚到不說，有時候是前一班根本沒來，兩班併成一班，擠到門關不起來。", to="late"),
        Remark(
            "late-2", 12, "跑車的人說一句：表定時間是十年前排的，現在路口多了四個紅燈，我們怎麼開都開不到。", to="late"
        ),
        Remark("late-3", 0, "原來如此，那至少把表定時間改成做得到的，等的人心裡有數。", Kind.SUGGESTION, "late-2"),
        Remark(
            "grandma",
            3,
            "我帶孫子看醫生，現在門口上車醫院門口下車。改成要轉車，我一手牽小孩一手提藥，轉乘站有沒有椅子？",
            Kind.QUESTION,
        ),
        Remark(
            "grandma-1",
            6,
            "加一條：轉乘站要有無障礙坡道。我坐輪椅，現在四個站只有一個上得去，多轉一次就是多賭一次。",
            Kind.CONCERN,
            "grandma",
        ),
        Remark("grandma-2", 37, "說真的，醫院那條線不要動。別的可以商量。", to="grandma"),
        Remark(
            "grandma-3", 36, "醫院線每小時才兩班，也是等到天荒地老。如果接駁車能對好幹線時間，我願意轉。", to="grandma"
        ),
        Remark("frequency", 9, "八分鐘一班我舉雙手贊成。下雨天等二十五分鐘，全身濕透，下次就騎機車了。", Kind.SUPPORT),
        Remark(
            "frequency-1",
            38,
            "八分鐘是尖峰。離峰呢？簡報第 9 頁小小一行寫 20 分鐘，跟現在有什麼差別？",
            Kind.QUESTION,
            "frequency",
        ),
        Remark("night", 5, "夜校九點四十下課，末班九點半。十年來每學期都有人問，每學期都沒有人回。", Kind.CONCERN),
        Remark("night-1", 4, "+1，我們班一半的人靠同學載，真的出事誰負責。", to="night"),
        Remark(
            "night-2",
            11,
            "末班車沒幾個人搭，為了十個人多開一班值得嗎？不是反對，是想知道人數。",
            Kind.QUESTION,
            "night",
        ),
        Remark("night-3", 35, "公開資訊那邊有各站上下車的樣本表，21 點以後學校那站平均 34 人，不算少。", to="night-2"),
        Remark(
            "transfer-fee",
            10,
            "一小時內轉乘免費很好，但尖峰等車就花掉二十分鐘，看完病出來早就超過了。兩小時比較合理。",
            Kind.SUGGESTION,
        ),
        Remark("transfer-fee-1", 21, "兩小時的話我買菜來回只要一段票，贊成。", Kind.SUPPORT, "transfer-fee"),
        Remark(
            "village",
            CITIZEN,
            "山腳下只剩我們這條了。說是「改成預約式小巴」，我媽不會用手機，難道叫她寫信預約？",
            Kind.CONCERN,
        ),
        Remark("village-1", 2, "溪北也是。老人家多，站牌拿掉一個就是多走八百公尺的上坡。", Kind.CONCERN, "village"),
        Remark(
            "village-2",
            14,
            "打電話也可以預約的話就還好？希望有人接，不要是語音按一按二按三。",
            Kind.SUGGESTION,
            "village",
        ),
        Remark(
            "village-3", 41, "里辦公處可以代為預約，我們里願意試，但要給人力，不要又是「請里長協助」。", to="village-2"
        ),
        Remark("market", 7, "市場口那站千萬不要拿掉。早上六點到八點，全部都是推菜籃的，走不遠。"),
        Remark(
            "market-1",
            13,
            "我在巷口開早餐店，那一站停下來就是人。站拿掉，我少的不是只有公車，是生意。",
            Kind.CONCERN,
            "market",
        ),
        Remark(
            "market-2",
            39,
            "The market stop blocks the whole lane between 7 and 8. Moving it 60 metres to the corner "
            "would help everybody.",
            Kind.SUGGESTION,
            "market",
        ),
        Remark("straight", 32, "路線拉直是對的。現在從車站到體育館繞三個社區，地圖看起來像在寫書法。", Kind.SUPPORT),
        Remark("straight-1", 2, "您覺得像書法，那三個社區覺得是命脈。", to="straight"),
        Remark(
            "straight-2", 32, "我沒有說不要服務，接駁車做好就兩邊都顧到。問題是接駁車通常第二年就砍。", to="straight-1"
        ),
        Remark(
            "straight-3",
            24,
            "這句是重點。應該把接駁班次寫進契約，至少保證三年，不能因為載客率低就停。",
            Kind.SUGGESTION,
            "straight-2",
        ),
        Remark(
            "signage",
            40,
            "I moved here in spring. Stop names are only in Chinese and the app shows old routes. Please "
            "put route maps with English on the poles.",
            Kind.SUGGESTION,
        ),
        Remark("signage-1", 33, "外地來的也一樣，站牌上三種顏色三種字體，不知道看哪一張。", to="signage"),
        Remark(
            "driver", 12, "司機不夠才是真的。班次排得再密，沒有人開。薪水、排班、休息站的廁所，請一起想。", Kind.CONCERN
        ),
        Remark("driver-1", 17, "同意。上個月我那班停駛的公告理由就是「人力調度」。", Kind.SUPPORT, "driver"),
        Remark("shelter", 31, "拜託候車亭遮雨也遮太陽，現在那種透明頂的夏天像烤箱。樹比亭子好。", Kind.SUGGESTION),
        Remark("shelter-1", 10, "種樹加一張椅子，比電子看板便宜。", Kind.SUPPORT, "shelter"),
        Remark("spam", 42, "加好友送點數！每天在家兼差三小時，月入六萬，意者私訊，機會難得", to="shelter"),
        Remark("rude", 11, "會贊成轉車的都是沒在搭車的閒人吧，坐辦公室畫地圖畫得很開心。", to="straight"),
        Remark(
            "trial", 38, "先試辦三個月，資料公開，做不好就改回來，這樣我可以接受。一次全改我會怕。", Kind.SUGGESTION
        ),
        Remark("trial-1", 37, "試辦之後從來沒有「改回來」的，您見過嗎。", to="trial"),
        Remark(
            "trial-2",
            35,
            "那就把退場條件先寫好：準點率、轉乘等候時間、長者搭乘人次，哪一項變差多少就停。",
            Kind.SUGGESTION,
            "trial-1",
        ),
    ),
    claims=(
        Claim("只要班次夠密，我可以接受多轉一次車。", 9, 2),
        Claim("幹線尖峰應該至少八分鐘一班。", 9, 6),
        Claim("路線拉直、跑得準，比每個社區都停更重要。", 9, 1),
        Claim("醫院和市場的直達站不可以取消。", 4, 10),
        Claim("接駁車班次要寫進契約，至少保證三年。", 8, 10),
        Claim("轉乘免費時間應該從一小時延長到兩小時。", 8, 9),
        Claim("預約式小巴必須可以打電話預約。", 8, 10),
        Claim("載客率太低的班次應該減少，把車調到幹線。", 8, 1),
        Claim("末班車應該延到晚上十點半。", 7, 6),
        Claim("轉乘站沒有無障礙設施之前，不要實施新路線。", 3, 9),
        Claim("先試辦三個月，公開資料再決定。", 8, 9),
        Claim("市場口的站可以往路口移六十公尺。", 8, 3),
        Claim("多走三百公尺換到準時的車，我願意。", 9, 2),
        Claim("改線之前應該先提高司機待遇，把人補齊。", 6, 8),
    ),
)
