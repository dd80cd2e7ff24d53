"""What passes between the people and the app: asking it, and noticing when it does not answer."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.slack.credentials import Credentials
from sandbox.slack.delivery import Courier, Delivery, NotDelivered
from sandbox.slack.model import APP_ID, TEAM_DOMAIN, TEAM_ID, Json
from sandbox.slack.tickets import ResponseUrls, Triggers
from sandbox.slack.views import Views
from sandbox.slack.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Exchange:
    """What commands, clicks and forms all need."""

    workspace: Workspace
    views: Views
    triggers: Triggers
    response_urls: ResponseUrls
    courier: Courier
    credentials: Credentials

    def payload(self, kind: str, user: str) -> Json:
        """The part that all interactions have in common."""
        person = self.workspace.people[user]
        return {
            "type": kind,
            "token": self.credentials.verification_token,
            "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
            "user": {"id": person.id, "username": person.name, "name": person.name, "team_id": TEAM_ID},
            "api_app_id": APP_ID,
            "enterprise": None,
            "is_enterprise_install": False,
        }

    async def ask(self, delivery: Delivery, *, what: str) -> Json:
        """Bring a request to the app. It is not repeated: raises NotDelivered, once it is in the journal."""
        try:
            answer = await self.courier.deliver(delivery)
        except NotDelivered as failed:
            self.workspace.journal.add("deliver", delivery.kind, failed.error, {"what": what})
            raise
        self.workspace.journal.add("deliver", delivery.kind, "ok", {"what": what})
        return answer
