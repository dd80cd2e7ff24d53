"""Subscriptions on a card: made, listed, and what comes of them."""

from bot.domain.answers import Subscriptions
from bot.domain.subscription import Subscription
from bot.slack.blockkit import Block, mrkdwn
from bot.slack.cards import recording as one
from bot.slack.cards.drawn import Drawn, button, context, section
from bot.slack.cards.figures import date, line, name, person
from bot.slack.values import Action, SubscriptionValue
from providers.model import Recording


def new_recording(provider: str, recording: Recording) -> Drawn:
    """A recording that a channel wanted to hear of."""
    return Drawn(
        f"New recording: {name(one.title(recording))}",
        [
            context(line(":new: *New recording*", name(provider, 40))),
            section(one.lines(recording)),
            *one.buttons(provider, recording, share=False),
        ],
    )


def subscribed(subscription: Subscription) -> Drawn:
    """Said to everybody in the channel: who wants what told here, and how it ends."""
    who, words = person(subscription.asker), mrkdwn(subscription.words)
    return Drawn(
        f"{who} subscribed this channel to {words}",
        [
            section(f":bell: {who} subscribed this channel to {words}, told here once each."),
            context(f"`/recordings unsubscribe {subscription.number}` ends it."),
        ],
    )


def subscriptions(answer: Subscriptions) -> Drawn:
    """What this channel wants to hear of, each with a button that ends it."""
    if not answer.subscriptions:
        said = "This channel has no subscriptions."
        hint = 'To be told of each new recording like this: `/recordings subscribe room:"Board room"`'
        return Drawn(said, [section(f":bell: {said}"), context(hint)])
    said = (
        "This channel has several subscriptions. Which one is to end?"
        if answer.asking
        else "This channel is told of:"
    )
    blocks: list[Block] = [section(f":bell: {said}")]
    for subscription in answer.subscriptions:
        about = line(f"by {person(subscription.asker)}", date(subscription.since))
        end = button(
            Action.UNSUBSCRIBE,
            "Unsubscribe",
            SubscriptionValue(subscription.id),
            about=subscription.words,
        )
        blocks.append(
            section(f"*{subscription.number}*  {mrkdwn(answer.words(subscription))}\n{about}", accessory=end)
        )
    if answer.asking:
        blocks.append(context("`/recordings unsubscribe all` ends all of them."))
    return Drawn(said, blocks)
