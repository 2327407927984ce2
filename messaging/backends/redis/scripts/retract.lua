-- Removes a message, refuses it from now on, and appends drafts (as post does) that say so. The recipient's is left out unless
-- the message has passed, or is known here. Returns why it is refused, if it is.
local sender, recipient, tag, has_passed = unpack(ARGV, 6)
local note, inboxes, drafts = key('accepted', tag), {}, {}
local digest = redis.call('HGET', note, 'digest')
for place = 10, #ARGV, 8 do
  local owner = ARGV[place + 1]
  if owner == sender or has_passed == '1' or (digest and digest ~= '') then
    inboxes[owner] = inbox_of(owner, ARGV[place])
    drafts[#drafts + 1] = { unpack(ARGV, place + 1, place + 7) }
  end
end
for _, draft in ipairs(drafts) do
  local why = refusal(inboxes[draft[1]], draft, function(entry) return entry.tag == tag end)
  if why then return why end
end
redis.call('HSET', note, 'withdrawn', 1, 'expires', now + 2 * stay)
redis.call('HSETNX', note, 'digest', '')
redis.call('PEXPIRE', note, 2 * stay)
redis.call('ZADD', key('accepted-of', sender), now + 2 * stay, tag)
redis.call('PEXPIRE', key('accepted-of', sender), 2 * stay)
for _, person in ipairs({ sender, recipient }) do
  inboxes[person] = inboxes[person] or inbox_of(person)
  if inboxes[person] then withdraw(inboxes[person], function(entry) return entry.tag == tag end) end
end
for _, draft in ipairs(drafts) do append_note(inboxes[draft[1]], draft) end
for _, inbox in pairs(inboxes) do save(inbox) end
