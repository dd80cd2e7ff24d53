"""Answers for one person's eyes, as Slack shows them."""

from bot.domain.answers import (
    Answer,
    Changed,
    Explained,
    Link,
    MayStartAgain,
    RoomIsEmpty,
    Sentence,
    Subscriptions,
    WhichRoom,
    WhichWatch,
)
from bot.slack import cards


def drawn_answer(answer: Answer) -> cards.Drawn:
    """The answer in blocks."""
    match answer:
        case Sentence():
            return cards.sentence(answer.text, bad=answer.bad)
        case WhichRoom():
            return cards.choose_room(answer)
        case WhichWatch():
            return cards.choose_watch(answer)
        case RoomIsEmpty():
            return cards.room_is_empty(answer)
        case MayStartAgain():
            return cards.may_start_again(answer)
        case Link():
            return cards.link(answer, answer.expires)
        case Changed():
            return cards.changed(answer.provider, answer.recording)
        case Subscriptions():
            return cards.subscriptions(answer)
        case Explained():
            return cards.explained(answer)
