"""Letters to those who follow: who gets what, once, in which form, whatever the mail server says to it."""

from __future__ import annotations

import datetime as dt
import re
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dags.checking import check_inputs
from dags.delivery.jobs import choose_followers, settle_doubts
from dags.digest_command import Wish, run_digest
from dags.inputs import Inputs
from dags.scheduler import run_waiting
from dags.status import describe_letters, read_status
from models.errors import ConfigurationError, DeliveryError
from tests.dags.delivery.conftest import MONDAY, Follow, write_recipients
from tests.dags.delivery.servers import Mailbox
from warehouse.sql import read_sql

Ask = Callable[[Inputs, str], list[tuple[Any, ...]]]
A, B, C = "ann@example.org", "bob@example.org", "cho@example.org"
STATES = "SELECT recipient, state FROM delivery ORDER BY recipient, planned_at"


def send(inputs: Inputs, clock: dt.datetime = MONDAY, **wish: Any) -> None:
    run_digest(inputs, clock, Wish(is_sent=True, **wish))


def read_text(mailbox: Mailbox, address: str, which: int = -1) -> str:
    part = mailbox.to(address)[which].get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def show_letters(inputs: Inputs, clock: dt.datetime = MONDAY) -> str:
    return "\n".join(describe_letters(read_status(inputs, clock)["letters"]))


def test_each_recipient_gets_one_mail_with_the_week_and_never_a_second(
    follow: Follow, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    inputs = follow(write_recipients(port, A, B))
    send(inputs)
    send(inputs, MONDAY + dt.timedelta(hours=1))
    assert [address for address, _ in mailbox.mails] == [A, B]
    mail = mailbox.to(A)[0]
    assert mail["To"] == A
    assert B not in str(mail)
    assert "(2026-W07)" in mail["Subject"]
    assert mail["Date"] == "Mon, 16 Feb 2026 00:00:00 +0000"
    assert re.fullmatch(r"<[0-9a-f]{24}\.trialwatch@trialwatch\.test>", mail["Message-ID"])
    assert mail["List-Unsubscribe"] == "<mailto:letters@trialwatch.test?subject=unsubscribe>"
    assert mail["List-Id"] == "Trial watch <trialwatch.trialwatch.test>"
    assert mail.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.iter_parts()] == ["text/plain", "text/html"]
    assert "Recruiting -> Terminated" in read_text(mailbox, A)
    assert mailbox.to(A)[0]["Message-ID"] != mailbox.to(B)[0]["Message-ID"]
    assert ask(inputs, STATES) == [(A, "sent"), (B, "sent")]
    assert show_letters(inputs) == "letters  2026-W07 to 2"


def test_the_ledger_holds_every_fact_that_each_was_told(follow: Follow, mailbox: Mailbox, port: int, ask: Ask) -> None:
    inputs = follow(write_recipients(port, A))
    send(inputs)
    changes = "SELECT count(*) FROM trial_change WHERE weight IN ('top', 'high', 'medium') AND origin <> 'backfill'"
    told = "SELECT count(*), count(DISTINCT fact) FROM delivery_fact WHERE fact LIKE 'change:%'"
    assert ask(inputs, told)[0] >= (ask(inputs, changes)[0][0],) * 2
    joined = "SELECT count(*) FROM delivery_fact AS f JOIN trial_change AS c ON f.fact = 'change:' || c.change_id"
    assert ask(inputs, joined)[0][0] == ask(inputs, told)[0][0]
    assert ask(inputs, "SELECT count(*) FROM delivery_fact WHERE fact LIKE 'paper:%'")[0][0] > 0
    assert ask(inputs, "SELECT count(*) FROM delivery_fact WHERE record IS NULL OR record = ''") == [(0,)]


def test_a_letter_is_the_same_bytes_whenever_it_is_written(follow: Follow, mailbox: Mailbox, port: int) -> None:
    inputs = follow(write_recipients(port, A))
    mailbox.faults["DATA"] = lambda *_: "451 not now"
    with pytest.raises(DeliveryError):
        send(inputs)
    [first] = [file.read_bytes() for file in inputs.home.spool.iterdir()]
    mailbox.faults.clear()
    send(inputs, MONDAY + dt.timedelta(hours=1))
    assert mailbox.raw == [first]
    assert not list(inputs.home.spool.iterdir())


@pytest.mark.parametrize(("form", "kind"), [("text", "text/plain"), ("markdown", "text/markdown")])
def test_a_recipient_may_want_another_form(form: str, kind: str, follow: Follow, mailbox: Mailbox, port: int) -> None:
    send(follow(write_recipients(port, A, more=f'form = "{form}"')))
    assert mailbox.to(A)[0].get_content_type() == kind


def test_each_gets_what_it_follows_from_its_own_weight_on(follow: Follow, mailbox: Mailbox, port: int) -> None:
    recipients = write_recipients(port, A, more='targets = ["TIM-3"]\nminimum_weight = "top"')
    recipients += f'[[digest.recipient]]\naddress = "{B}"\nsponsors = ["nobody of that name"]\n'
    recipients += f'[[digest.recipient]]\naddress = "{C}"\nagents = ["ZLB-201"]\nphases = ["2"]\n'
    send(follow(recipients))
    tim, nobody, zelbarimab = (read_text(mailbox, address) for address in (A, B, C))
    assert "NCT99000103" in tim
    assert "NCT99000101" not in tim
    assert "outside what you follow" in tim
    assert "Nothing of medium weight or more moved in what you follow." in nobody
    assert "NCT99" not in nobody
    assert "NCT99000101" in zelbarimab
    assert "NCT99000103" not in zelbarimab


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_one_refused_for_now_is_tried_later_and_the_others_are_not_sent_again(
    stage: str, follow: Follow, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    inputs = follow(write_recipients(port, A, B, C))
    mailbox.faults[stage] = lambda _, __, address: "451 mailbox busy" if address == B else None
    with pytest.raises(DeliveryError, match=r"letter 2026-W07 to bob@example.org refused for now: 451 mailbox busy"):
        send(inputs)
    assert [address for address, _ in mailbox.mails] == [A, C]
    assert "tried again from 2026-02-16 08:15 UTC" in show_letters(inputs)
    planned = read_sql("statements", "letters_planned").replace("$since", "TIMESTAMP '2026-02-16 07:00'")
    assert ask(inputs, planned) == [(True,)]  # the letters are not written again for it
    mailbox.faults.clear()
    send(inputs, MONDAY + dt.timedelta(minutes=5))
    assert len(mailbox.mails) == 2  # not due yet
    assert run_waiting(inputs, MONDAY + dt.timedelta(minutes=20))
    assert not run_waiting(inputs, MONDAY + dt.timedelta(minutes=40))
    assert [address for address, _ in mailbox.mails] == [A, C, B]
    assert ask(inputs, STATES) == [(A, "sent"), (B, "sent"), (C, "sent")]


def wait(over: threading.Event) -> None:
    over.wait(60)  # far longer than any patience here, so that only the client can give up


@pytest.mark.parametrize("stage", ["RCPT", "DATA"])
def test_one_refused_for_good_is_named_and_not_tried_again_and_the_next_letter_tells_it(
    stage: str, follow: Follow, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    inputs = follow(write_recipients(port, A, B))
    mailbox.faults[stage] = lambda _, __, address: "550 no such user" if address == A else None
    with pytest.raises(DeliveryError, match=r"to ann@example.org refused: 550 no such user") as caught:
        send(inputs)
    assert "correct the address" in caught.value.hint
    assert ask(inputs, STATES) == [(A, "refused"), (B, "sent")]
    assert "! letter to ann@example.org refused: 550 no such user; not tried again" in show_letters(inputs)
    mailbox.faults.clear()
    send(inputs, MONDAY + dt.timedelta(days=7))
    assert "(2026-W07 to W08)" in mailbox.to(A)[0]["Subject"]
    assert "Recruiting -> Terminated" in read_text(mailbox, A)
    assert "(2026-W08)" in mailbox.to(B)[-1]["Subject"]
    assert "Recruiting -> Terminated" not in read_text(mailbox, B)
    assert show_letters(inputs, MONDAY + dt.timedelta(days=7)).endswith(" to 2")


def test_a_connection_lost_after_the_text_is_a_doubt_that_only_a_person_settles(
    follow: Follow, mailbox: Mailbox, port: int, ask: Ask, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = follow(write_recipients(port, A, B))
    mailbox.faults["STORED"] = lambda _, __, address: "drop" if address == A else None
    with pytest.raises(DeliveryError, match=r"letter 2026-W07 to ann@example.org is in doubt") as caught:
        send(inputs)
    assert "--resend" in caught.value.hint
    assert ask(inputs, STATES) == [(A, "doubt"), (B, "sent")]
    assert show_letters(inputs).startswith("letters  2026-W07 to 1; 1 in doubt: ann@example.org\n  ! letter to ann@")
    mailbox.faults.clear()
    send(inputs, MONDAY + dt.timedelta(days=1))
    said = capsys.readouterr().err
    assert "ann@example.org: 2026-W07 is in doubt" in said
    assert "bob@example.org: all of 2026-W07 was told before" in said
    assert not run_waiting(inputs, MONDAY + dt.timedelta(days=2))
    assert len(mailbox.to(A)) == 1
    settle_doubts(inputs, MONDAY + dt.timedelta(days=1), [A], is_resent=True)
    first, second = mailbox.to(A)
    assert first["Message-ID"] == second["Message-ID"]
    assert ask(inputs, STATES) == [(A, "sent"), (B, "sent")]
    with pytest.raises(ConfigurationError, match=r"nothing to ann@example\.org is in doubt"):
        settle_doubts(inputs, MONDAY + dt.timedelta(days=1), [A], is_resent=False)


def test_a_connection_lost_before_the_text_ended_is_no_doubt(
    follow: Follow, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    inputs = follow(write_recipients(port, A, B))
    mailbox.faults["RCPT"] = lambda _, __, address: "drop" if address == A else None
    with pytest.raises(DeliveryError, match="refused for now"):
        send(inputs)
    assert ask(inputs, STATES) == [(A, "refused"), (B, "sent")]


def test_a_server_that_does_not_answer_in_time_leaves_a_doubt_after_the_text_and_none_before(
    follow: Follow, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    over = threading.Event()
    settings = write_recipients(port, A, B).replace("timeout_seconds = 5", "timeout_seconds = 0.3")
    inputs = follow(settings)
    mailbox.faults["RCPT"] = lambda _, __, address: wait(over) if address == A else None
    mailbox.faults["STORED"] = lambda _, __, address: wait(over) if address == B else None
    with pytest.raises(DeliveryError, match="timed out"):
        send(inputs)
    over.set()
    assert ask(inputs, STATES) == [(A, "refused"), (B, "doubt")]


def test_no_server_is_one_error_for_all_and_all_are_sent_later(
    follow: Follow, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    with pytest.raises(DeliveryError, match=r"mail server 127.0.0.1:9: .*refused") as caught:
        send(follow(write_recipients(9, A, B)))
    assert "host, port and security" in caught.value.hint
    inputs = follow(write_recipients(port, A, B))
    send(inputs, MONDAY + dt.timedelta(hours=1))
    assert [address for address, _ in mailbox.mails] == [A, B]
    assert ask(inputs, STATES) == [(A, "sent"), (B, "sent")]


def test_a_recipient_added_later_gets_no_week_from_before_and_a_missed_week_is_caught_up_in_one_letter(
    follow: Follow, mailbox: Mailbox, port: int
) -> None:
    send(follow(write_recipients(port, A)))
    send(follow(write_recipients(port, A, B)), MONDAY + dt.timedelta(days=21))
    assert [mail["Subject"].partition("(")[2] for mail in mailbox.to(A)] == ["2026-W07)", "2026-W08 to W10)"]
    assert [mail["Subject"].partition("(")[2] for mail in mailbox.to(B)] == ["2026-W10)"]
    assert "NCT99000101" not in read_text(mailbox, B)
    # One who left and came back begins anew.
    send(follow(write_recipients(port, B)), MONDAY + dt.timedelta(days=28))
    send(follow(write_recipients(port, A, B)), MONDAY + dt.timedelta(days=42))
    assert [mailbox.to(one)[-1]["Subject"].partition("(")[2] for one in (A, B)] == ["2026-W13)", "2026-W12 to W13)"]


def test_what_was_told_in_an_overlapping_letter_is_said_to_be_told_and_not_told_again(
    follow: Follow, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    inputs = follow(write_recipients(port, A))
    send(inputs, since="2026-02-09", until="2026-02-12")
    send(inputs, MONDAY + dt.timedelta(hours=1))
    first, second = (read_text(mailbox, A, which) for which in (0, 1))
    repeated = {line for line in second.splitlines() if "already told" in line}
    assert "Reason in the record" in first
    assert repeated
    assert "Reason in the record" not in second.partition("NCT99000101")[2].partition("\n*")[0]
    assert ask(inputs, "SELECT count(*) FROM (SELECT fact FROM delivery_fact GROUP BY ALL HAVING count(*) > 1)") == [
        (0,)
    ]
    send(inputs, MONDAY + dt.timedelta(hours=2), since="2026-02-10", until="2026-02-13")
    assert len(mailbox.mails) == 2


def look_at(inputs: Inputs) -> dict[Path, tuple[int, int]]:
    files = [(path, path.stat()) for path in inputs.home.folder.parent.rglob("*")]
    return {path: (found.st_mtime_ns, found.st_size) for path, found in files}


def test_a_dry_run_shows_all_and_writes_nothing(
    follow: Follow, mailbox: Mailbox, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = follow(write_recipients(port, A, B))
    before = look_at(inputs)
    run_digest(inputs, MONDAY, Wish(is_dry=True))
    assert look_at(inputs) == before
    shown = capsys.readouterr()
    assert f"to {A}: " in shown.out
    assert f"to {B}: " in shown.out
    assert "Recruiting -> Terminated" in shown.out
    assert "nothing was sent" in shown.err
    assert not mailbox.stages


def test_a_letter_may_go_to_one_recipient_alone_or_to_a_guest(
    follow: Follow, mailbox: Mailbox, port: int, ask: Ask
) -> None:
    inputs = follow(write_recipients(port, A, B))
    send(inputs, to=(A,))
    send(inputs, MONDAY, to=(C,), week="2026-W07")
    assert [address for address, _ in mailbox.mails] == [A, C]
    send(inputs, MONDAY + dt.timedelta(hours=1))
    assert [address for address, _ in mailbox.mails] == [A, C, B]
    assert ask(inputs, "SELECT recipient FROM recipient ORDER BY ALL") == [(A,), (B,)]


@pytest.mark.parametrize(
    "wish",
    [Wish(to=(A,)), Wish(is_sent=True, is_dry=True), Wish(resend=(A,), is_sent=True), Wish(resend=(A,), settle=(B,))],
)
def test_options_that_contradict_each_other_are_refused(wish: Wish, follow: Follow, port: int) -> None:
    with pytest.raises(ConfigurationError) as caught:
        run_digest(follow(write_recipients(port, A)), MONDAY, wish)
    assert caught.value.hint


def test_check_says_to_whom_letters_go_and_names_a_target_that_is_none(
    follow: Follow, port: int, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = follow(write_recipients(port, A, B, more="alerts = true"))
    assert check_inputs(inputs.file, is_offline=True) == 0
    shown = capsys.readouterr().out
    assert f"letters@trialwatch.test by 127.0.0.1:{port}, none, without login" in shown
    assert "2 recipients, 2 with alerts" in shown
    with pytest.raises(
        ConfigurationError, match=r'digest\.recipient\[1\]\.targets\[0\]: "LAG-33" is no target'
    ) as caught:
        follow(write_recipients(port, A) + f'[[digest.recipient]]\naddress = "{B}"\ntargets = ["LAG-33"]\n')
    assert caught.value.hint == 'did you mean "LAG-3"?'
    with pytest.raises(ConfigurationError, match="TRIALWATCH_SMTP_PASSWORD is not set"):
        follow(write_recipients(port, A), SMTP_USER="someone")
    settings = write_recipients(port, A).replace("127.0.0.1", "mail.example.org")
    with pytest.raises(ConfigurationError, match=r'mail\.security: "none" would send the login unsecured'):
        follow(settings, SMTP_USER="someone", SMTP_PASSWORD="secret words")  # noqa: S106  of nobody


def test_to_send_without_anyone_to_send_to_is_refused(follow: Follow) -> None:
    with pytest.raises(ConfigurationError, match="there is no recipient"):
        send(follow(""))
    with pytest.raises(ConfigurationError, match="is no mail address"):
        choose_followers(follow(""), ["ann@example.org\nBcc: bob@example.org"])
