-- Removes the texts of a conversation from both inboxes, and appends a draft to each. Returns why it is refused, if it is.
local id, pair, about = unpack(ARGV, 6)
local is_counted = ARGV[25] == '1'
local drafts = { { unpack(ARGV, 9, 16) }, { unpack(ARGV, 17, 24) } }
for place, draft in ipairs(drafts) do
  -- It may replace what the person who clears has sent: their copies, and what waits for the peer.
  local why = refusal(inbox_of(draft[2], draft[1]), { unpack(draft, 2) }, function(entry)
    return entry.pair == pair and ((place == 1 and entry.kind == 'o') or (place == 2 and is_incoming(entry)))
  end)
  if why then return why end
end
for _, people in ipairs({ { ARGV[10], ARGV[18] }, { ARGV[18], ARGV[10] } }) do
  for _, tag in ipairs(redis.call('ZRANGE', key('accepted-of', people[1]), 0, -1)) do
    local note = key('accepted', tag)
    if redis.call('HGET', note, 'recipient') == people[2] then redis.call('HSET', note, 'withdrawn', 1) end
  end
end
-- What was cleared before is cleared.
drop_clearings(ARGV[10], ARGV[18])
for _, draft in ipairs(drafts) do
  local inbox = inbox_of(draft[2], draft[1])
  withdraw(inbox, function(entry) return entry.pair == pair end)
  save(inbox)
end
for _, draft in ipairs(drafts) do
  local inbox = inbox_of(draft[2], draft[1])
  append_note(inbox, { unpack(draft, 2) })
  save(inbox)
  if is_counted then
    redis.call('HSET', key('clearing-numbers', id), inbox.person, inbox.newest)
    for _, window in ipairs(redis.call('HKEYS', key('windows', inbox.person))) do
      redis.call('SADD', key('clearing-windows', id .. ':' .. inbox.person), window)
    end
    redis.call('PEXPIRE', key('clearing-windows', id .. ':' .. inbox.person), 10 * KEEP)
  end
end
if is_counted then
  redis.call('SET', key('clearing', id), about, 'PX', 10 * KEEP)
  redis.call('PEXPIRE', key('clearing-numbers', id), 10 * KEEP)
  redis.call('SADD', prefix .. 'clearings', id)
  redis.call('PEXPIRE', prefix .. 'clearings', 10 * KEEP)
end
