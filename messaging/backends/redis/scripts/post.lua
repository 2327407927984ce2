-- Appends drafts. If one that its owner did not cause is refused, returns the reason and appends none.
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
