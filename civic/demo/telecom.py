"""Sample discussion 2, voting: what a phone contract has to say plainly."""

from civic.demo.content import Both, Claim, Kind, Remark, Subject
from discussions.models import Phase

SUBJECT = Subject(
    slug="plain-phone-plans",
    agency="demo-telecom",
    title=Both("電信資費透明揭露", "Phone plans in plain words"),
    question=Both(
        "手機合約的哪些事，應該用一張看得懂的表先講清楚？",
        "Which parts of a phone contract should be told first, on one page that everybody understands?",
    ),
    introduction=(
        Both(
            "（示範內容）這是一個虛構的討論，讓您試用平台；文字、數字與單位都不是真的。",
            "(Sample content) This discussion is made up so that you can try the platform. Words, "
            "figures and agencies are not real.",
        ),
        Both(
            "草案要求業者在簽約前給一頁「資費摘要」：總月付金額、降速門檻、違約金算法、漫遊上限，格式統一。",
            "The draft asks companies for a one-page summary before signing, in one format: the full "
            "monthly price, when the speed "
            "drops, how a penalty is counted, and a limit for roaming.",
        ),
    ),
    phase=Phase.VOTING,
    process="agency",
    opens=-28,
    remarks=(
        Remark(
            "speed",
            16,
            "吃到飽三個字印得比我的名字還大，降速 1Mbps 藏在第七頁註解。這叫吃到飽？叫吃到哽吧。",
            Kind.CONCERN,
        ),
        Remark("speed-1", 17, "我就是吃到飽的，降速其實看影片還行。但簽約前沒人說，這點我同意。", to="speed"),
        Remark("speed-2", 20, "「視網路狀況」這句話可以拿掉嗎，寫了等於沒寫。", Kind.SUGGESTION, "speed"),
        Remark(
            "penalty",
            18,
            "我媽提早解約被收 8,400 元，客服講了四十分鐘還是聽不懂怎麼算的。違約金應該有一張按月遞減的表。",
            Kind.CONCERN,
        ),
        Remark("penalty-1", 15, "老客戶路過：以前的合約真的有那張表，後來不見了。", to="penalty"),
        Remark(
            "penalty-2",
            24,
            "違約金有補貼款的問題，手機補貼跟資費補貼要分開列，不然業者會說算不出來。",
            Kind.SUGGESTION,
            "penalty",
        ),
        Remark(
            "roaming",
            19,
            "出國五天帳單一萬二，因為忘了關背景更新。漫遊要有預設上限，到了就停，要用再自己打開。",
            Kind.SUGGESTION,
        ),
        Remark(
            "roaming-1",
            33,
            "支持預設上限，不過簡訊通知要中文，我收過一則全英文的，長輩看不懂。",
            Kind.SUPPORT,
            "roaming",
        ),
        Remark("roaming-2", 37, "上限多少？一千？三千？每家不一樣的話又變成比誰字小。", Kind.QUESTION, "roaming"),
        Remark(
            "format",
            21,
            "我每兩年比一次價，自己做試算表。每家的「月租」算法都不一樣，統一格式我就不用當會計了。",
            Kind.SUPPORT,
        ),
        Remark(
            "format-1",
            35,
            "最好能下載成資料檔，比價網站自己會接，不用業者再做一個難用的比價頁。",
            Kind.SUGGESTION,
            "format",
        ),
        Remark("format-2", 36, "一頁就好，真的。上次拿到的「摘要」有十一頁。", to="format"),
        Remark("elder", 3, "我只打電話跟接電話，每個月 599，店員說沒有更便宜的。後來孫子查，有 99 的。", Kind.CONCERN),
        Remark("elder-1", 18, "一樣，只打電話的人最容易被賣大方案。應該規定要先講最低資費。", Kind.SUGGESTION, "elder"),
        Remark("elder-2", 38, "門市也有業績壓力，不能全怪店員。制度改了他們才敢講。", to="elder"),
        Remark("signal", 22, "離島收訊只有一格，費用跟本島一樣。揭露表能不能寫「這個地址收得到嗎」？", Kind.QUESTION),
        Remark("signal-1", 20, "涵蓋率地圖都寫 99%，我家剛好住在那 1% 裡，連續三年。", to="signal"),
        Remark(
            "student", 23, "學生方案畢業隔天就自動變原價，沒有通知。到期前一個月應該要告知新價格。", Kind.SUGGESTION
        ),
        Remark("student-1", 4, "對，而且是寄到學校信箱，畢業就收不到了，很會。", to="student"),
        Remark(
            "doubt",
            40,
            "Will the summary exist in English too? I signed mine with a translation app and hoped for the best.",
            Kind.QUESTION,
        ),
        Remark("cost", 34, "做這些表的成本最後還是消費者付吧？我猶豫的是這點。", Kind.CONCERN),
        Remark("cost-1", 21, "一頁表格能貴到哪裡去，廣告少拍一支就有了。", to="cost"),
    ),
    claims=(
        Claim("簽約前必須給一頁格式統一的資費摘要。", 10, 9),
        Claim("降速門檻要跟價格一樣大。", 10, 7),
        Claim("違約金必須附上按月遞減的金額表。", 10, 9),
        Claim("漫遊費用應該有政府訂的預設上限。", 9, 2),
        Claim("上限由業者自己訂、自己公布就好。", 2, 9),
        Claim("門市必須先介紹最便宜、合用的方案。", 9, 3),
        Claim("合約到期前一個月要主動告知新價格。", 10, 9),
        Claim("管得太細，業者會少推優惠方案。", 2, 9),
        Claim("資費資料應該開放給比價網站使用。", 9, 6),
        Claim("做不到的業者應該按次處罰。", 9, 2),
        Claim("先讓業者自律一年，再看要不要立法。", 1, 9),
        Claim("摘要要有外語與易讀版本。", 8, 6),
    ),
)
