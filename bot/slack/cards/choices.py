"""Questions back: which recording was meant, and whether to ask once more."""

from bot.domain.answers import MayStartAgain, WhichWatch
from bot.domain.watch import Watch
from bot.slack.blockkit import Block
from bot.slack.cards.drawn import Drawn, actions, button, context, section
from bot.slack.cards.figures import bold, date, name, person
from bot.slack.cards.standing import headline
from bot.slack.values import Action, AgainValue, WatchChoice

_MOST = 20


def choose_watch(answer: WhichWatch) -> Drawn:
    """This channel records several rooms: each with a button."""
    said = f"Several recordings run from this channel. Which one is to {answer.change}?"
    blocks: list[Block] = [section(said)]
    for watch in answer.watches[:_MOST]:
        mark, words = headline(watch)
        value = WatchChoice(watch.id, answer.change)
        choose = button(Action.CHOOSE_WATCH, answer.change.capitalize(), value, about=watch.subject)
        asked = f"Asked by {person(watch.asker)}, {date(watch.asked_at)}"
        blocks.append(section(f"{mark} {name(words, 150)}\n{asked}", accessory=choose))
    if (left := len(answer.watches) - _MOST) > 0:
        blocks.append(context(f"{left} more: `/record {answer.change}` with a room's key finds each."))
    return Drawn(said, blocks)


def may_start_again(answer: MayStartAgain) -> Drawn:
    """A recorder that was asked for did not come, and may still: they decide."""
    watch = answer.watch
    if watch.call:
        return _may_record_again(watch)
    said = (
        f"A recorder was asked for in {bold(watch.room.name)} {date(watch.asked_at)}, and none has come yet."
    )
    again = button(Action.START_AGAIN, "Start again", AgainValue(watch.id, watch.asks), style="primary")
    hint = "It may still come. To ask again may bring a second one."
    return Drawn(said, [section(f":warning: {said}"), context(hint), *actions(again)])


def _may_record_again(watch: Watch) -> Drawn:
    said = (
        f"A recording of {bold(watch.subject)} was asked for {date(watch.asked_at)}, and none has begun yet."
    )
    again = button(Action.START_AGAIN, "Start again", AgainValue(watch.id, watch.asks), style="primary")
    return Drawn(said, [section(f":warning: {said}"), *actions(again)])
