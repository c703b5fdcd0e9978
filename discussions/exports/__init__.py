"""The open data of a space: one module per noun, each with the tables it contributes."""

from discussions.exports import (
    answers,
    budgets,
    comments,
    live,
    moderation,
    parts,
    polls,
    proposals,
    records,
    space,
    statements,
    surveys,
    texts,
)
from discussions.exports.table import Table

TABLES: tuple[Table, ...] = (
    *space.TABLES,
    *answers.TABLES,
    *comments.TABLES,
    *statements.TABLES,
    *surveys.TABLES,
    *texts.TABLES,
    *budgets.TABLES,
    *proposals.TABLES,
    *live.TABLES,
    *polls.TABLES,
    *records.TABLES,
    *parts.TABLES,
    *moderation.TABLES,
)
