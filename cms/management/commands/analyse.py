"""manage.py analyse: run the analysis of a space now, and read the result in a terminal or as JSON."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from discussions import findings
from discussions.models import Space
from discussions.progress import Progress
from discussions.tasks import regroup
from nlp import analysis
from nlp.core.encoders import EncoderUnavailable

QUOTE_LENGTH = 120
STATEMENTS_SHOWN = 3


class Command(BaseCommand):
    help = "Find topics, sentiment and opinion groups of a space now, and print them."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("space", metavar="SLUG", help="address of the space")
        parser.add_argument("--json", type=Path, metavar="FILE", help="also write the result as JSON")

    def handle(self, *, space: str, **options) -> None:
        found = Space.objects.filter(slug=space).select_related("corpus").first()
        if found is None:
            known = ", ".join(Space.objects.values_list("slug", flat=True)[:20]) or "-"
            raise CommandError(_("There is no space %(slug)s. There are: %(known)s") % {"slug": space, "known": known})
        started = time.monotonic()
        with Progress(self.stderr, labels=_stages()) as progress:
            try:
                analysis.refresh_topics(found.corpus_id, progress=progress, full=True)
            except EncoderUnavailable as error:
                raise CommandError(str(error)) from error
            progress("groups")
            regroup(found)
        result = findings.of_space(found)
        result["seconds"] = round(time.monotonic() - started, 1)
        self.stdout.write("\n".join(_told(result)))
        if file := options["json"]:
            _write(file, result)
            self.stdout.write(_("Written to %(file)s") % {"file": file})


def _write(path: Path | str, result: dict) -> None:
    try:
        Path(path).write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        reason = {"file": path, "reason": error.strerror}
        raise CommandError(_("%(file)s cannot be written: %(reason)s") % reason) from error


def _told(result: dict) -> list[str]:
    opinions = result["opinions"]
    lines = [
        "",
        result["space"]["title"],
        _("%(posts)s opinions of %(people)s people") % _figures(posts=opinions["posts"], people=opinions["people"]),
    ]
    if not opinions["posts"]:
        lines.append(_("There is nothing to analyse yet."))
    lines += _topics_told(result["topics"]) if result["topics"] else []
    lines += _groups_told(result["groups"]) if result["groups"] else []
    lines += ["", _("This took %(seconds)s seconds.") % {"seconds": result["seconds"]}]
    return lines


def _topics_told(topics: dict) -> list[str]:
    lines = ["", _("Topics")]
    for rank, topic in enumerate(topics["items"], start=1):
        feeling = topic["sentiment"]
        lines.append(f"{rank:3}. {topic['label']}")
        told = _(
            "%(posts)s opinions of %(people)s people (%(share)d %%); "
            "negative %(negative)s, neutral %(neutral)s, positive %(positive)s"
        )
        shares = {"share": round(100 * topic["share"])}
        lines.append("     " + told % (shares | _figures(posts=topic["posts"], people=topic["people"], **feeling)))
        if topic["quotes"]:
            lines.append("     " + _("“%(words)s”") % {"words": _short(topic["quotes"][0]["text"])})
    lines.append("")
    lines.append(_("Quality of the topics: %(figures)s") % {"figures": _quality(topics)})
    return lines


def _groups_told(groups: dict) -> list[str]:
    counts = groups["counts"]
    told = _(
        "%(votes)s votes of %(participants)s people on %(statements)s statements; "
        "%(thin)s people voted too little to be placed"
    )
    lines = [
        "",
        _("Opinion groups: %(k)d") % {"k": groups["k"]},
        told % _figures(**{name: counts[name] for name in ("votes", "participants", "statements", "thin")}),
    ]
    for group in groups["items"]:
        name = {"name": _letter(group["number"]), "size": f"{group['size']:,}"}
        lines += ["", _("Group %(name)s, %(size)s people, differs from the others in this:") % name]
        lines += [_stance(row) for row in group["representative"][:STATEMENTS_SHOWN]]
    shared = groups["common_ground"][:STATEMENTS_SHOWN]
    if shared:
        lines += ["", _("Common ground of all groups:")]
        lines += [_shared(row) for row in shared]
    lines += ["", _("Quality of the groups: %(figures)s") % {"figures": _quality(groups)}]
    return lines


def _stance(row: dict) -> str:
    values = {
        "share": round(100 * row["share"]),
        "others": round(100 * row["others"]),
        "words": _short(row["text"]),
    }
    if row["stance"] == "agree":
        return "  " + _("agree %(share)d %% (the others %(others)d %%): “%(words)s”") % values
    return "  " + _("disagree %(share)d %% (the others %(others)d %%): “%(words)s”") % values


def _shared(row: dict) -> str:
    values = {"share": round(100 * row[row["side"]]), "words": _short(row["text"])}
    if row["side"] == "agree":
        return "  " + _("agree %(share)d %%: “%(words)s”") % values
    return "  " + _("disagree %(share)d %%: “%(words)s”") % values


def _quality(part: dict) -> str:
    names = {
        "coherence": _("coherence"),
        "separation": _("separation"),
        "silhouette": _("silhouette"),
        "stability": _("stability"),
        "left_over": _("left over"),
    }
    measured = part["quality"]
    told = [f"{word} {measured[name]:.2f}" for name, word in names.items() if measured.get(name) is not None]
    cautions = {
        "one_topic": _("too few opinions to part them into topics"),
        "few_opinions": _("few opinions: read with care"),
        "no_sentiment": _("this model gives no sentiment"),
        "low_stability": _("the division is not stable: read with care"),
        "too_few": _("too few votes to find groups"),
        "no_division": _("no division worth telling"),
    }
    told += [cautions[note] for note in part["notes"] if note in cautions]
    return ", ".join(told) or "-"


def _letter(number: int) -> str:
    return chr(ord("A") + number)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= QUOTE_LENGTH else f"{line[: QUOTE_LENGTH - 1]}…"


def _figures(**numbers: int) -> dict[str, str]:
    return {name: f"{number:,}" for name, number in numbers.items()}


def _stages() -> dict[str, str]:
    return {
        "embed": _("Reading the opinions"),
        "clean": _("Cleaning"),
        "encode": _("Reading the opinions"),
        "sentiment": _("Sentiment"),
        "topics": _("Finding topics"),
        "labels": _("Naming topics"),
        "groups": _("Finding opinion groups"),
    }
