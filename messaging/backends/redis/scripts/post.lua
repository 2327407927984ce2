-- Appends drafts: (epoch of a new inbox, owner, size, kind, tag, pair, clearing, sealed) repeated. Returns why one is refused,
-- and appends none then. Drafts that the peer caused have the pair, and may have no room.
local inboxes, drafts = {}, {}
for place = 6, #ARGV, 8 do
  local owner = ARGV[place + 1]
  inboxes[owner] = inboxes[owner] or inbox_of(owner, ARGV[place])
  drafts[#drafts + 1] = { unpack(ARGV, place + 1, place + 7) }
end
for _, draft in ipairs(drafts) do
  local why = draft[5] ~= '' and refusal(inboxes[draft[1]], draft)
  if why then return why end
end
for _, draft in ipairs(drafts) do append_note(inboxes[draft[1]], draft) end
for _, inbox in pairs(inboxes) do save(inbox) end
