"""Words that never name a topic, in Chinese (Simplified keys, as `text.tokens` makes them) and English (lower case).

Besides function words the lists hold the words of opinion itself (think, should, support, problem), because every
consultation is full of them and none says what an opinion is about.
"""

from __future__ import annotations

CHINESE = frozenset(
    """
    找到 工具 解决问题 提升 选择 概念 精神 有时候 很差 有时 的话 我们 你们 他们 她们 它们 咱们 大家 人家 别人 自己
    本人 各位 有人 某些 有些 一些 这些 那些 这个 那个 这样 那样 这种 那种 这里 那里 这边 那边 这么 那么 什么 怎么 怎样
    怎麽 为何 为什么 哪些 哪里 哪个 多少 如何 是否 是不是 有没有 会不会 能不能 可不可以 要不要 难道 究竟 因为 所以
    因此 于是 由于 既然 如果 要是 假如 倘若 若是 除非 只要 只有 虽然 虽说 但是 不过 可是 然而 而是 而且 并且 况且 何况
    以及 或者 或是 还是 即使 就算 尽管 无论 不论 不管 反而 否则 不然 与其 不如 甚至 至少 最少 最多 至于 关于 对于 根据
    依据 依照 按照 透过 通过 经由 为了 除了 以外 之外 以内 之内 以上 以下 之间 之后 之前 以后 以前 以来 目前 现在 现今
    如今 当时 当初 过去 未来 将来 后来 同时 时候 时间 今天 昨天 明天 今年 去年 明年 最近 近来 随时 往往 经常 常常 总是
    一直 一再 从来 已经 曾经 正在 将会 即将 马上 立刻 终于 仍然 依然 仍旧 还有 还要 还会 还能 还在 也是 也会 也要 也有
    也可以 都是 都会 都要 都有 都能 就是 就会 就要 就有 就可以 才是 才能 才会 只是 只能 只会 不是 不会 不能 不要 不用
    不必 不可 不应 不该 不得 不同 不好 不想 不到 不了 不行 不够 不只 不仅 不但 不一定 没有 没办法 不可以 不可能 不应该
    可以 可能 应该 应当 应要 应有 必须 需要 需 能够 能否 可否 愿意 想要 希望 期望 盼望 觉得 认为 以为 感觉 感到 相信
    知道 了解 理解 看到 看见 听到 听说 发现 表示 指出 说明 提出 提到 说法 想法 看法 意见 建议 主张 支持 反对 赞成 同意
    赞同 认同 喜欢 讨厌 请问 请教 谢谢 感谢 拜托 麻烦 问题 情况 情形 状况 方面 部分 部份 方式 方法 办法 做法 东西 事情
    地方 结果 原因 理由 目的 意思 关系 样子 程度 角度 重点 例子 例如 譬如 比如 像是 好像 似乎 或许 也许 大概 大约 几乎
    差不多 其实 事实上 实际上 基本上 原则上 当然 显然 果然 居然 竟然 明明 根本 完全 非常 十分 相当 比较 更加 更多 更好
    越来越 特别 尤其 真的 真正 确实 的确 实在 一定 必定 必然 绝对 简直 实际 直接 间接 继续 进行 加以 予以 给予 得到
    受到 造成 成为 变成 作为 身为 属于 具有 拥有 含有 包括 包含 以便 使得 令人 导致 有关 相关 所谓 所有 一切 全部 整个
    各种 各个 各自 每个 每次 每天 每人 任何 其他 其它 其余 另外 另一 此外 许多 很多 好多 太多 不少 多数 大多 大多数
    少数 几个 几年 一个 一种 一样 一般 一点 一下 一次 一起 一天 一方面 两个 三个 第一 第二 第三 首先 其次 再来 然后
    接着 最后 最终 总之 换句话说 也就是说 来说 来看 而言 起来 出来 出去 下去 下来 上去 过来 回来 进来 进去 本来 原来
    原本 而已 罢了 等等 之类 左右 是的 对吧 好吗 可怜 只不过 就算是 开始 提供 使用 利用 采取 产生 出现 存在 变得 有点
    有的 个人 人们 民众 市民 国人 有效 重要 主要 必要 适当 合理 良好 容易 困难 简单 清楚 明显 严重 以此 此次 本次 本案
    该案 上述 如下 前述 能力 那就 这就 既有 现有 现行 之一 之中 其中 当中 内容 来讲 讲求 想想 看看 说说 试试 千万 别再
    不再 再也 再说 再次 重新 又是 又要 又会 倒是 反正 尽量 尽快 吧 呢 吗 啊 呀 喔 哦 哈哈 呵呵 唉 未必 并非 并不
    并没有 没什么 受不了 干嘛 干吗 不知 不知道 怎么办 做到 做出 作出 变 让 使 被 把 给 对 向 从 到 在 与 和 及 或
    """.split()
)

ENGLISH = frozenset(
    """
    a able about above according across actually after again against ago all allow allowed almost alone along already
    also although always am among an and another any anybody anyone anything anyway are around as ask at away back bad
    based be became because become been before began behind being believe below best better between beyond big both
    but by came can cannot can't case certain certainly clear come comes could couldn't current currently day days did
    didn't different do does doesn't doing done don't down due during each easy either else enough especially etc even
    ever every everybody everyone everything example fact far feel few find first for force forward found from full
    further gave general get gets getting give given gives giving go goes going good got great had happen hard has
    hasn't have haven't having he help her here herself him himself his how however i i'd if i'll i'm important in
    indeed instead into is isn't issue issues it it's its itself i've just keep kept kind know known large last later
    least less let let's like likely little long look lot lots made main make makes making many matter may maybe me
    mean means might mine more moreover most much must my myself near necessary need needed needs neither never new
    next no nobody none nor not nothing now of off often oh ok okay old on once one ones only onto opinion or order
    other others otherwise ought our ours ourselves out over own part people perhaps person place please point
    possible probably problem problems provide put question quite rather really reason reasons right said same saw say
    says see seem seems seen self shall she should shouldn't show side simply since so some somebody someone something
    sometimes somewhat soon sorry still stop such support sure take taken takes taking tell than thank thanks that
    that's the their theirs them themselves then there therefore there's these they they're thing things think this
    those though through thus time times to today together too took toward towards true try trying two under until up
    upon us use used uses using usually very via want wants was wasn't way ways we well we'll went were we're weren't
    we've what whatever what's when where whether which while who whole whom whose why will with within without won't
    work works would wouldn't year years yes yet you you'd you'll your you're yours yourself you've three four five
    pm agree disagree comment comments statement lack ensure increase reduce create creating
    """.split()
)
