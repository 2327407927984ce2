-- A message is taken back: it waits no longer, and none of its pages can offer it again.
local sender, recipient, tag = unpack(ARGV, 6)
local note = key('accepted', tag)
redis.call('HSET', note, 'withdrawn', 1, 'expires', now + 2 * stay)
redis.call('HSETNX', note, 'digest', '')
redis.call('PEXPIRE', note, 2 * stay)
redis.call('ZADD', key('accepted-of', sender), now + 2 * stay, tag)
redis.call('PEXPIRE', key('accepted-of', sender), 2 * stay)
for _, person in ipairs({ sender, recipient }) do
  local box = box_of(person)
  if box then
    withdraw(box, function(entry) return entry.tag == tag end)
    save(box)
  end
end
