-- A message: known, refused, or put into both boxes, in one step. Returns one word, and what there is to say of it.
local sender, recipient, tag, pair, digest, posted_at, burst, each, epoch_theirs, epoch_own = unpack(ARGV, 6)
local note = key('accepted', tag)
local known = redis.call('HMGET', note, 'digest', 'posted_at', 'withdrawn', 'delivered', 'expired', 'expires')
local is_current = known[1] and tonumber(known[6] or 0) > now
if is_current then
  if known[3] then return { 'withdrawn' } end
  if known[1] ~= digest then return { 'another' } end
  if not known[5] then return { 'known', known[2], known[4] and 1 or 0 } end
end

local wait = pass(key('pace', 'messages:' .. sender), tonumber(burst), tonumber(each), 1)
if wait > 0 then
  -- A page waits for whole seconds: what it says later must not overtake what it was told to hold.
  local seconds = math.ceil(wait / 1000)
  redis.call('HSET', key('pace', 'messages:' .. sender), 'refused_until', string.format('%.3f', now + 1000 * seconds - 200))
  return { 'fast', tostring(wait) }
end

local box, connected, is_reachable, has_socket = box_of(recipient), nil, false, false
if box then
  connected = sockets(recipient)
  has_socket = next(connected) ~= nil
  for _, window in ipairs(redis.call('HKEYS', key('windows', recipient))) do
    is_reachable = is_reachable or not is_lost(recipient, window, connected)
  end
end
if not is_reachable then return { 'nobody' } end
while is_over(box) and forgotten(box) + 1 <= box.confirmed do forget_first(box) end
if is_over(box) then
  save(box)
  return { 'full' }
end

if known[1] then redis.call('DEL', note) end
redis.call('HSET', note, 'digest', digest, 'posted_at', posted_at, 'expires', now + 2 * stay, 'recipient', recipient,
  'number', box.newest + 1)
redis.call('PEXPIRE', note, 2 * stay)
for _, tags in ipairs({ key('accepted-of', sender), key('accepted-in', pair) }) do
  redis.call('ZREMRANGEBYSCORE', tags, '-inf', now)
  redis.call('ZADD', tags, now + 2 * stay, tag)
  redis.call('PEXPIRE', tags, 2 * stay)
end
local theirs, own = { unpack(ARGV, 16, 22) }, { unpack(ARGV, 23, 29) }
append(box, theirs)
save(box)
local mine = box_of(sender, epoch_own)
append(mine, own)
save(mine)
ring(recipient)
ring(sender)
return { 'new', has_socket and 0 or 1 }
