-- Removes the texts of a conversation from all inboxes, and appends a draft to each. Returns the reason for a refusal, if any.
local id, conversation, about, is_counted = unpack(ARGV, 6, 9)
local drafts, epoch = read_drafts(10)
for _, draft in ipairs(drafts) do
  -- The draft may replace messages of the person who clears: their own copies, and those that wait for the others.
  local why = refusal(inbox_of(draft.owner, epoch), draft, function(entry)
    return entry.conversation == conversation and entry.share == draft.share and entry.kind ~= '-'
  end)
  if why then return why end
end
for _, draft in ipairs(drafts) do
  for _, tag in ipairs(redis.call('ZRANGE', key('accepted-of', draft.owner), 0, -1)) do
    local note = key('accepted', tag)
    if redis.call('HGET', note, 'conversation') == conversation then redis.call('HSET', note, 'withdrawn', 1) end
  end
end
drop_clearings(conversation) -- earlier clearings are replaced by this one
for _, draft in ipairs(drafts) do
  local inbox = inbox_of(draft.owner, epoch)
  withdraw(inbox, function(entry) return entry.conversation == conversation end)
  save(inbox)
end
for _, draft in ipairs(drafts) do
  local inbox = inbox_of(draft.owner, epoch)
  append_note(inbox, draft)
  save(inbox)
  if is_counted == '1' then
    redis.call('HSET', key('clearing-numbers', id), inbox.person, inbox.newest)
    for _, window in ipairs(redis.call('HKEYS', key('windows', inbox.person))) do
      redis.call('SADD', key('clearing-windows', id .. ':' .. inbox.person), window)
    end
    redis.call('PEXPIRE', key('clearing-windows', id .. ':' .. inbox.person), 10 * KEEP)
  end
end
if is_counted == '1' then
  redis.call('SET', key('clearing', id), about, 'PX', 10 * KEEP)
  redis.call('PEXPIRE', key('clearing-numbers', id), 10 * KEEP)
  redis.call('SADD', prefix .. 'clearings', id)
  redis.call('PEXPIRE', prefix .. 'clearings', 10 * KEEP)
end
