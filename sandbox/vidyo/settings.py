"""What can be turned about the whole world while it runs."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Seconds = Annotated[float, Field(ge=0)]
Delay = Seconds | Literal["never"]


class Settings(BaseModel):
    """The habits of portal and replay server. Seconds are the world's, shortened by its speed."""

    model_config = ConfigDict(extra="forbid", validate_assignment=True)

    join_delay: Delay = 3.0
    """From an accepted startRecording to the recorder in the room, where the room says nothing else."""
    linger: Seconds = 2.0
    """How long a stopped recorder stays in the participant table."""
    processing_delay: Delay = 8.0
    """From the end of a recording to its file."""
    lenient: bool = False
    """Take empty typed elements (`<start/>`) as nil, as the real replay server does."""
    no_ranges: bool = False
    """Answer every download with 200 and the whole file."""
    wrong_soap_address: bool = False
    """Publish WSDLs whose soap:address leads nowhere, as behind a proxy that was not told to the portal."""
    wsdl_names: dict[str, str] = {}
    """Operations and elements that the WSDLs name otherwise, as a newer version might; they work as before."""
    portal_generation: Literal[60, 88, 101] = 101
    """By the number of operations that the portal's user service has in truth; the older ones know no searchRooms."""
    replay_generation: Literal[1, 2, 3] = 3
    """The older ones leave fields out; the oldest spells scopes otherwise, and locks nothing."""
    lock_after: Annotated[int, Field(ge=1)] = 5
    lock_window: Seconds = 60.0
    """So many wrong logins within so many seconds lock an account until its password is set anew."""
    only_host: str | None = None
    """Where set, any other Host header gets 403."""
    replay_login: Literal["basic", "redirect"] = "basic"
    """How the replay server turns a bad login away: 401, or 302 to a page that answers 200."""
    time_zone: str = "UTC"
    """The replay server's own, in which it writes the times of recordings."""
    says_offset: bool = True
    """Write how far a time is from UTC. Some generations leave that out."""
    says_end: bool = True
    """Fill in the end and the duration of finished recordings. Some generations never do."""
    scheduled_rooms: bool = True
    room_url: Literal["join", "flex"] = "join"
