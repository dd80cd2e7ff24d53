"""views.*: opening and changing modals and home tabs."""

from __future__ import annotations

from sandbox.slack.methods.call import Call, Method
from sandbox.slack.model import Json
from sandbox.slack.refusal import Refused


async def open_(call: Call) -> Json:
    content = call.need("view")
    user = call.services.triggers.exchange(call.need("trigger_id"))
    return {"view": call.services.views.open(user, content).as_slack()}


async def push(call: Call) -> Json:
    content = call.need("view")
    user = call.services.triggers.exchange(call.need("trigger_id"))
    return {"view": call.services.views.push(user, content).as_slack()}


async def update(call: Call) -> Json:
    content = call.need("view")
    view = call.services.views.find(view_id=call.get("view_id"), external_id=call.get("external_id"))
    if view is None:
        raise Refused("not_found")
    return {"view": call.services.views.update(view, content, hash_=call.get("hash")).as_slack()}


async def publish(call: Call) -> Json:
    user = str(call.need("user_id"))
    if user not in call.workspace.people:
        raise Refused("user_not_found")
    view = call.services.views.publish(user, call.need("view"), hash_=call.get("hash"))
    return {"view": view.as_slack()}


METHODS = {
    "views.open": Method(open_, 4),
    "views.push": Method(push, 4),
    "views.update": Method(update, 4),
    "views.publish": Method(publish, 4),
}
