import io

import pytest

from nlp.cli import progress


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def test_a_terminal_sees_one_line_with_the_time_left(clock):
    stream = io.StringIO()
    show = progress.Progress(stream, clock, is_live=True)
    show("encode", 0, 1000)
    clock.now = 10.0
    show("encode", 250, 1000)
    show("encode", 251, 1000)
    clock.now = 40.0
    show("encode", 1000, 1000)
    _, begun, quarter, done = stream.getvalue().split("\r\033[K")
    assert begun == "Encoding         [------------------------] 0/1,000"
    assert quarter == "Encoding         [######------------------] 250/1,000  0:30 left"
    assert done == "Encoding         [########################] 1,000/1,000  0:40\n"


def test_elsewhere_there_is_a_line_now_and_then(clock):
    stream = io.StringIO()
    show = progress.Progress(stream, clock, is_live=False)
    for step in range(21):
        clock.now = step * 1.0
        show("topics", step, 20)
    assert [line.split("] ")[1] for line in stream.getvalue().splitlines()] == [
        "5/20  0:15 left",
        "10/20  0:10 left",
        "15/20  0:05 left",
        "20/20  0:20",
    ]


def test_a_total_nobody_knows_is_not_made_up(clock):
    stream = io.StringIO()
    progress.Progress(stream, clock, is_live=True)("read", 3000, 0)
    assert stream.getvalue() == "\r\033[KReading          3,000"


def test_nothing_is_shown_where_nobody_looks(clock):
    assert progress.choose(io.StringIO(), clock, asked=False) is None
    assert progress.choose(io.StringIO(), clock, asked=True) is not None


@pytest.mark.parametrize(("seconds", "says"), [(0, "0:00"), (59.6, "1:00"), (725, "12:05"), (10800, "3:00:00")])
def test_times_are_written_as_clocks_write_them(seconds, says):
    assert progress.clock_time(seconds) == says
