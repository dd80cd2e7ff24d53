"""Cards: values of the domain drawn in Block Kit. Pure functions; what is foreign is escaped and cut."""

from bot.slack.cards.call_list import calls
from bot.slack.cards.choices import choose_watch, may_start_again
from bot.slack.cards.drawn import Drawn, sentence
from bot.slack.cards.guides import help_record, help_recordings
from bot.slack.cards.live_card import MOST_FILES, live, lost, stands_still
from bot.slack.cards.modals import Edited, delete_modal, edit_modal, read_edit, read_modal
from bot.slack.cards.not_told import told_alone, unheard
from bot.slack.cards.permission import explained
from bot.slack.cards.recording import changed, details, link, shared
from bot.slack.cards.rooms import choose_room, profiles, room_created, room_is_empty, status, watching
from bot.slack.cards.search_results import PER_PAGE, results
from bot.slack.cards.subscriptions import new_recording, subscribed, subscriptions

__all__ = [
    "MOST_FILES",
    "PER_PAGE",
    "Drawn",
    "Edited",
    "calls",
    "changed",
    "choose_room",
    "choose_watch",
    "delete_modal",
    "details",
    "edit_modal",
    "explained",
    "help_record",
    "help_recordings",
    "link",
    "live",
    "lost",
    "may_start_again",
    "new_recording",
    "profiles",
    "read_edit",
    "read_modal",
    "results",
    "room_created",
    "room_is_empty",
    "sentence",
    "shared",
    "stands_still",
    "status",
    "subscribed",
    "subscriptions",
    "told_alone",
    "unheard",
    "watching",
]
