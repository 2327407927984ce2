-- A message is taken back: it waits no longer, none of its pages can offer it again, and entries (as those of post) tell
-- the windows of it. Those of the recipient only if it has passed, or is known here. Returns why it is refused.
local sender, recipient, tag, has_passed = unpack(ARGV, 6)
local note, boxes, drafts = key('accepted', tag), {}, {}
local digest = redis.call('HGET', note, 'digest')
for place = 10, #ARGV, 8 do
  local owner = ARGV[place + 1]
  if owner == sender or has_passed == '1' or (digest and digest ~= '') then
    boxes[owner] = box_of(owner, ARGV[place])
    drafts[#drafts + 1] = { unpack(ARGV, place + 1, place + 7) }
  end
end
for _, draft in ipairs(drafts) do
  local why = refusal(boxes[draft[1]], draft, function(entry) return entry.tag == tag end)
  if why then return why end
end
redis.call('HSET', note, 'withdrawn', 1, 'expires', now + 2 * stay)
redis.call('HSETNX', note, 'digest', '')
redis.call('PEXPIRE', note, 2 * stay)
redis.call('ZADD', key('accepted-of', sender), now + 2 * stay, tag)
redis.call('PEXPIRE', key('accepted-of', sender), 2 * stay)
for _, person in ipairs({ sender, recipient }) do
  boxes[person] = boxes[person] or box_of(person)
  if boxes[person] then withdraw(boxes[person], function(entry) return entry.tag == tag end) end
end
for _, draft in ipairs(drafts) do append_note(boxes[draft[1]], draft) end
for _, box in pairs(boxes) do save(box) end
