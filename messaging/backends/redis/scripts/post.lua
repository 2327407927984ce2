-- Appends drafts. Returns why one that its owner has not caused is refused, and appends none then.
local drafts, epoch = read_drafts(6)
local inboxes = {}
for _, draft in ipairs(drafts) do
  inboxes[draft.owner] = inboxes[draft.owner] or inbox_of(draft.owner, epoch)
end
for _, draft in ipairs(drafts) do
  local why = draft.share ~= 'own' and refusal(inboxes[draft.owner], draft)
  if why then return why end
end
for _, draft in ipairs(drafts) do append_note(inboxes[draft.owner], draft) end
for _, inbox in pairs(inboxes) do save(inbox) end
