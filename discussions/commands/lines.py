"""Write the transcript: a line, its correction, a line taken back."""

from discussions import live
from discussions.commands.shape import found, number, session_of, valid
from discussions.models import Space, TranscriptLine
from discussions.transcript_forms import CorrectionForm, LineForm


def write_line(space: Space, member, frame: dict) -> dict:
    """Write down what was just said."""
    given = {"client_id": frame.get("id"), "text": frame.get("text"), "speaker": frame.get("speaker")}
    shape = valid(LineForm(given))
    line = live.write_line(session=session_of(space, frame), author=member, **shape)
    return {"line": str(line.pk), "number": line.number}


def correct_line(space: Space, member, frame: dict) -> dict:
    """Put right what was heard wrong; without `speaker` the line keeps its own."""
    shape = valid(CorrectionForm({"text": frame.get("text"), "speaker": frame.get("speaker")}))
    speaker = shape["speaker"] if "speaker" in frame else None
    line = live.correct_line(line=_line(space, frame), author=member, text=shape["text"], speaker=speaker)
    return {"line": str(line.pk), "number": line.number}


def withdraw_line(space: Space, member, frame: dict) -> dict:
    """Take back a line typed in error."""
    line = live.withdraw_line(line=_line(space, frame), author=member)
    return {"line": str(line.pk), "number": line.number}


def _line(space: Space, frame: dict) -> TranscriptLine:
    rows = TranscriptLine.objects.filter(session__space=space, pk=number(frame, "line"))
    return found(rows.select_related("session"))
