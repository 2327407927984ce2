-- Removes a message, refuses it from now on, and appends drafts that announce this. Those for recipients are left out unless
-- the message was accepted (`has_passed`) or is known here. Returns the reason for a refusal, if any.
local sender, people, tag, has_passed = unpack(ARGV, 6, 9)
local all, epoch = read_drafts(10)
local note, inboxes, drafts = key('accepted', tag), {}, {}
local digest = redis.call('HGET', note, 'digest')
for _, draft in ipairs(all) do
  if draft.owner == sender or has_passed == '1' or (digest and digest ~= '') then
    inboxes[draft.owner] = inbox_of(draft.owner, epoch)
    drafts[#drafts + 1] = draft
  end
end
for _, draft in ipairs(drafts) do
  local why = refusal(inboxes[draft.owner], draft, function(entry) return entry.tag == tag end)
  if why then return why end
end
redis.call('HSET', note, 'withdrawn', 1, 'expires', now + 2 * stay)
redis.call('HSETNX', note, 'digest', '')
redis.call('PEXPIRE', note, 2 * stay)
redis.call('ZADD', key('accepted-of', sender), now + 2 * stay, tag)
redis.call('PEXPIRE', key('accepted-of', sender), 2 * stay)
for person in people:gmatch('%d+') do
  inboxes[person] = inboxes[person] or inbox_of(person)
  if inboxes[person] then withdraw(inboxes[person], function(entry) return entry.tag == tag end) end
end
for _, draft in ipairs(drafts) do append_note(inboxes[draft.owner], draft) end
for _, inbox in pairs(inboxes) do save(inbox) end
