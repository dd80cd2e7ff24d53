"""`recbot policy …`: what the rules say, from the configuration alone."""

import click

from bot.cli.context import Exit, end, settings_of
from bot.cli.record import as_json
from bot.cli.terminal import Terminal, answer_words
from bot.domain.answers import Explained
from bot.domain.conversation import Asker, Conversation
from bot.domain.policy import Person, Target, Verb


@click.group()
def policy() -> None:
    """Explain who may do what."""


@policy.command()
@click.option("--user", required=True, metavar="U…", help="Who: a Slack user ID.")
@click.option("--verb", required=True, type=click.Choice([one.value for one in Verb]), help="What.")
@click.option("--guest", is_flag=True, help="They are a guest.")
@click.option("--foreign", is_flag=True, help="They belong to another workspace.")
@click.option("--group", "groups", multiple=True, metavar="S…", help="A user group that they are in.")
@click.option("--channel", metavar="C…", help="Where they ask.")
@click.option("--provider", metavar="NAME", help="The provider that it is about.")
@click.option(
    "--room", "rooms", multiple=True, metavar="ROOM", help="The room: its ID, key, name or extension."
)
@click.option("--owner", metavar="NAME", help="Who owns the recording, as the provider calls them.")
@click.option("--started-by", metavar="U…", help="Who started the recording.")
@click.option("--belongs-to", metavar="C…", help="The channel that the recording was asked for in.")
@as_json
@click.pass_context
def check(
    context: click.Context,
    user: str,
    verb: str,
    guest: bool,
    foreign: bool,
    groups: tuple[str, ...],
    channel: str | None,
    provider: str | None,
    rooms: tuple[str, ...],
    owner: str | None,
    started_by: str | None,
    belongs_to: str | None,
    as_json: bool,
) -> None:
    """Print whether somebody may do something, and by which rule.

    Nobody is asked: what is not said here counts as not known. Ends with 0 if they may, with 1 if they may not, or if
    it depends on what was not said.
    """
    settings, terminal = settings_of(context), Terminal(as_json=as_json)
    if provider is not None and provider not in settings.providers:
        end(f"No provider is called {provider}.", Exit.USAGE)
    person = Person(
        Asker("slack", user),
        guest=guest,
        foreign=foreign,
        groups=frozenset(groups),
        where=Conversation("slack", channel) if channel else None,
    )
    target = Target(
        provider,
        frozenset(rooms) if rooms else None,
        owner=owner,
        started_by=Asker("slack", started_by) if started_by else None,
        belongs_to=Conversation("slack", belongs_to) if belongs_to else None,
    )
    said = Explained.of(settings.policy.policy(), person, Verb(verb), target)
    value = {
        "user": user,
        "verb": verb,
        "allowed": said.decision.allowed,
        "depends": said.depends,
        "rule": said.decision.rule,
    }
    terminal.value(value, answer_words(said))
    context.exit(Exit.DONE if said.decision.allowed else Exit.NOT_DONE)
