"""`recbot manifest`: what Slack makes the app from."""

import click

from bot.slack.manifest import manifest_text


@click.command()
@click.option(
    "--url", metavar="URL", help="The public address, for delivery over HTTP instead of Socket Mode."
)
def manifest(url: str | None) -> None:
    """Print the manifest from which Slack makes the app."""
    click.echo(manifest_text(url), nl=False)
