"""A budget as a value: what processes that share it read in what another one wrote."""

from providers.ringcentral.groups import Account, Heard, keep, read_kept

NOON = 1_780_000_000.0
LONGEST = 120.0


def fresh() -> Account:
    return read_kept(None, 60.0)


def passed_on(account: Account, at: float) -> Account:
    """As the next process finds it, at this hour."""
    found = read_kept(keep(account), 60.0)
    found.forget(at, LONGEST)
    return found


def test_what_one_process_took_another_one_finds_taken() -> None:
    account = fresh()
    sent = [account.take("heavy", NOON, LONGEST) for _ in range(10)]
    found = passed_on(account, NOON + 1)
    assert found.groups["heavy"].delay(NOON + 1) == 59
    found.over("heavy", sent[0].number, NOON + 2)
    assert passed_on(found, NOON + 61.9).groups["heavy"].delay(NOON + 61.9) > 0
    assert passed_on(found, NOON + 62).groups["heavy"].delay(NOON + 62) == 0


def test_a_turn_whose_taker_died_comes_back() -> None:
    account = fresh()
    for _ in range(10):
        account.take("heavy", NOON, LONGEST)
    last = NOON + LONGEST + 60
    assert passed_on(account, last - 1).groups["heavy"].delay(last - 1) > 0
    assert passed_on(account, last).groups["heavy"].left(last) == 10


def test_a_penalty_that_one_process_met_holds_for_all_and_so_does_the_group_that_it_is_in() -> None:
    account = fresh()
    sent = account.take("heavy", NOON, LONGEST)
    account.learn("audio", "heavy", sent.number, Heard("media", 3, 60.0, 0, 60.0, 0.5), NOON + 1)
    found = passed_on(account, NOON + 2)
    assert found.names == {"audio": "media"}
    assert found.groups["media"].limit == 3
    assert found.groups["media"].delay(NOON + 2) == 59.5
    assert found.groups["heavy"].left(NOON + 2) == 10


def test_the_background_of_all_processes_leaves_people_a_fifth() -> None:
    account = fresh()
    for _ in range(8):
        account.take("heavy", NOON, LONGEST)
    found = passed_on(account, NOON)
    assert found.groups["heavy"].delay(NOON, behind=True) == 60
    assert found.groups["heavy"].delay(NOON) == 0


def test_a_clock_that_was_put_back_makes_nobody_wait_for_a_day() -> None:
    account = fresh()
    for _ in range(10):
        sent = account.take("heavy", NOON, LONGEST)
        account.over("heavy", sent.number, NOON)
    yesterday = NOON - 86_400
    found = passed_on(account, yesterday)
    soon = yesterday + LONGEST + 60
    assert passed_on(found, soon).groups["heavy"].delay(soon) == 0


def test_what_cannot_be_read_is_as_good_as_nothing() -> None:
    for kept in ("", "what another version wrote", "[1, 2]", '{"groups": 1}'):
        assert read_kept(kept, 60.0).groups["heavy"].left(NOON) == 10


def test_a_server_that_invents_groups_fills_no_memory() -> None:
    account = fresh()
    for number in range(1000):
        at = NOON + 60 * number
        sent = account.take("heavy", at, LONGEST)
        group = account.learn("audio", "heavy", sent.number, Heard(f"made up {number}"), at)
        account.over(group, sent.number, at)
        account.forget(at, LONGEST)
    assert len(keep(account)) < 2000
