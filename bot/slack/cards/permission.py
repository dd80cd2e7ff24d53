"""What the policy says, to somebody who asked."""

from bot.domain.answers import Explained
from bot.slack.cards.drawn import Drawn, section
from bot.slack.cards.figures import name, person


def explained(answer: Explained) -> Drawn:
    """Who may do what, and by which rule."""
    mark = (
        ":grey_question:"
        if answer.depends
        else ":white_check_mark:"
        if answer.decision.allowed
        else ":no_entry:"
    )
    said = f"{person(answer.person)} {name(answer.sentence, 700)}"
    return Drawn(said, [section(f"{mark} {said}")])
