-- A conversation is emptied: its texts go out of both boxes, and entries that empty the pages are put in. Returns why it is
-- refused.
local id, pair, about = unpack(ARGV, 6)
local is_counted = ARGV[25] == '1'
local drafts = { { unpack(ARGV, 9, 16) }, { unpack(ARGV, 17, 24) } }
for place, draft in ipairs(drafts) do
  -- What the one who clears has said: the own copies in the own box, what came in the other one.
  local why = refusal(box_of(draft[2], draft[1]), { unpack(draft, 2) }, function(entry)
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
-- What was cleared is cleared: an earlier clearing of the same conversation has nothing more to tell.
drop_clearings(ARGV[10], ARGV[18])
for _, draft in ipairs(drafts) do
  local box = box_of(draft[2], draft[1])
  withdraw(box, function(entry) return entry.pair == pair end)
  save(box)
end
for _, draft in ipairs(drafts) do
  local box = box_of(draft[2], draft[1])
  append_note(box, { unpack(draft, 2) })
  save(box)
  if is_counted then
    redis.call('HSET', key('clearing-numbers', id), box.person, box.newest)
    for _, window in ipairs(redis.call('HKEYS', key('windows', box.person))) do
      redis.call('SADD', key('clearing-windows', id .. ':' .. box.person), window)
    end
    redis.call('PEXPIRE', key('clearing-windows', id .. ':' .. box.person), 10 * KEEP)
  end
end
if is_counted then
  redis.call('SET', key('clearing', id), about, 'PX', 10 * KEEP)
  redis.call('PEXPIRE', key('clearing-numbers', id), 10 * KEEP)
  redis.call('SADD', prefix .. 'clearings', id)
  redis.call('PEXPIRE', prefix .. 'clearings', 10 * KEEP)
end
