-- Entries for one box or more: (epoch of a new box, owner, size, kind, tag, pair, clearing, sealed) again and again.
-- Returns why one is refused, and does nothing then: what its peer has caused bears the pair, and may not fit.
local boxes, drafts = {}, {}
for place = 6, #ARGV, 8 do
  local owner = ARGV[place + 1]
  boxes[owner] = boxes[owner] or box_of(owner, ARGV[place])
  drafts[#drafts + 1] = { unpack(ARGV, place + 1, place + 7) }
end
for _, draft in ipairs(drafts) do
  local why = draft[5] ~= '' and refusal(boxes[draft[1]], draft)
  if why then return why end
end
for _, draft in ipairs(drafts) do append_note(boxes[draft[1]], draft) end
for _, box in pairs(boxes) do save(box) end
