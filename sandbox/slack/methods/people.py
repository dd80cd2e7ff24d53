"""auth.test, apps.connections.open, users.*, usergroups.* and blocks.validate: who we are and who they are."""

from __future__ import annotations

from sandbox.slack.blockkit import problems
from sandbox.slack.methods.call import Call, Method
from sandbox.slack.model import BOT_ID, BOT_USER, TEAM_DOMAIN, TEAM_ID, Json
from sandbox.slack.refusal import Refused, invalid_blocks


async def auth_test(call: Call) -> Json:
    return {
        "url": f"{call.workspace.url}/",
        "team": TEAM_DOMAIN,
        "user": call.workspace.people[BOT_USER].name,
        "team_id": TEAM_ID,
        "user_id": BOT_USER,
        "bot_id": BOT_ID,
        "is_enterprise_install": False,
    }


async def open_connection(call: Call) -> Json:
    return {"url": call.services.sockets.new_address()}


async def user_info(call: Call) -> Json:
    """Somebody by either of their IDs: on Grid they have two, and which of them the answer has is not promised."""
    id = str(call.need("user"))
    for person in call.workspace.people.values():
        if id in (person.id, person.grid_id):
            return {"user": person.as_slack()}
    raise Refused("user_not_found")


async def user_list(call: Call) -> Json:
    people, more = call.page([person.as_slack() for person in call.workspace.people.values()])
    return {"members": people} | more


async def group_members(call: Call) -> Json:
    group = call.workspace.user_groups.get(str(call.need("usergroup")))
    if group is None:
        raise Refused("no_such_subteam")
    return {"users": list(group.members)}


async def validate_blocks(call: Call) -> Json:
    if found := problems(call.need("blocks")):
        raise invalid_blocks(found)
    return {}


METHODS = {
    "auth.test": Method(auth_test, None),
    "apps.connections.open": Method(open_connection, 3, ("connections:write",)),
    "users.info": Method(user_info, 4, ("users:read",)),
    "users.list": Method(user_list, 2, ("users:read",)),
    "usergroups.users.list": Method(group_members, 2, ("usergroups:read",)),
    "blocks.validate": Method(validate_blocks, None),
}
