"""Who takes part in the demo. Names are nicknames, as people choose them for such a discussion."""

from dataclasses import dataclass

from civic.demo.content import Both


@dataclass(frozen=True, slots=True)
class Account:
    """One account to sign in with. `role` names the kind of user, `group` is the group that carries its rights."""

    key: str
    name: str
    role: Both
    what: Both
    group: str = ""
    agency: str = ""


AGENCIES = {
    "demo-transport": Both("示範交通局", "Sample Transport Bureau"),
    "demo-telecom": Both("示範通訊監理處", "Sample Telecom Office"),
    "demo-tourism": Both("示範觀光處", "Sample Tourism Office"),
}

ACCOUNTS = (
    Account(
        "citizen",
        "示範市民",
        Both("市民", "Citizen"),
        Both("寫意見、投票、在即時討論裡發問", "comments, votes, asks in the live session"),
    ),
    Account(
        "communicator",
        "示範編輯",
        Both("溝通編輯", "Communicator"),
        Both("在 /admin/ 寫說明頁、文章與公開資訊", "writes pages, articles and open information in /admin/"),
        group="Communicators",
    ),
    Account(
        "planner",
        "示範企劃",
        Both("政策企劃", "Planner"),
        Both("在 /admin/ 看民意分析", "reads the opinion desk in /admin/"),
        group="Planners",
    ),
    Account(
        "facilitator",
        "示範主持",
        Both("主持人", "Facilitator"),
        Both("主持即時討論：開題、收題、快速投票", "runs the live session: questions and quick polls"),
        group="Facilitators",
    ),
    Account(
        "steno",
        "示範記錄員",
        Both("記錄員", "Stenographer"),
        Both("為即時討論打逐字稿，匯入 WebVTT", "writes the transcript of live sessions, imports WebVTT"),
        group="Stenographers",
    ),
    Account(
        "moderator",
        "示範版主",
        Both("版主", "Moderator"),
        Both("處理檢舉，附理由收起或恢復意見", "settles reports, hides and restores with a reason"),
        group="Moderators",
    ),
    Account(
        "officer",
        "示範承辦人",
        Both("機關承辦", "Officer"),
        Both("代表示範交通局正式答覆", "answers for the Sample Transport Bureau"),
        group="Officers",
        agency="demo-transport",
    ),
    Account(
        "approver",
        "示範核稿主管",
        Both("核稿主管", "Approver"),
        Both("在 /admin/ 核可承辦人擬的答覆", "approves in /admin/ what officers have drafted"),
        group="Approvers",
        agency="demo-transport",
    ),
    Account(
        "frontline",
        "示範里幹事",
        Both("第一線協助人員", "Frontline helper"),
        Both("在 /assist/ 替沒有螢幕的人登錄意見", "enters at /assist/ what people without a screen say"),
        group="Frontline",
    ),
)

# Officers of the two other agencies; they only sign what the demo publishes and have no password.
SIGNERS = {"demo-telecom": "通訊監理承辦人", "demo-tourism": "觀光承辦人"}

NICKNAMES = (
    "公車通勤族", "早班的人", "溪北住戶", "帶孫子的阿嬤", "轉學生", "夜校生", "輪椅出門記", "菜市場旁", "山腳下的人",
    "雨天不騎車", "河堤散步", "第一班車", "搖晃的司機", "巷口早餐店", "新手爸爸", "電信老用戶", "合約看不懂",
    "吃到飽派", "只打電話", "漫遊受災戶", "網路慢慢跑", "比價達人", "離島親戚", "校園代表", "退休公務員", "導遊日記",
    "民宿阿姨", "週末爬山", "在地第三代", "攝影腳架", "攤販二代", "騎單車的", "交管志工", "外縣市旅客", "步道巡守",
    "資料控", "慢慢來", "有話直說", "先看再說", "Weekend walker", "New in town", "隔壁里長的鄰居", "兼差好機會",
)  # fmt: skip
