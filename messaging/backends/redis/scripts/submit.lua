-- Accepts a message into both inboxes, or refuses it. Returns the outcome and its details. Edits and reactions have the tag of
-- their message, and are always new.
local sender, recipient, tag, digest, posted_at, burst, each, epoch_own, is_blocked = unpack(ARGV, 6)
local note, is_original = key('accepted', tag), ARGV[17] == 'i'
local known = redis.call('HMGET', note, 'digest', 'posted_at', 'withdrawn', 'delivered', 'expired', 'expires')
local is_current = known[1] and tonumber(known[6] or 0) > now
if is_current then
  if known[3] then return { 'withdrawn' } end
  if is_original and known[1] ~= digest then return { 'another' } end
  if is_original and not known[5] then return { 'known', known[2], known[4] and 1 or 0 } end
end

local wait = pass(key('pace', 'messages:' .. sender), tonumber(burst), tonumber(each), 1)
if wait > 0 then
  -- A page retries after whole seconds, and what it sends later must not overtake that.
  local seconds = math.ceil(wait / 1000)
  redis.call('HSET', key('pace', 'messages:' .. sender), 'refused_until', string.format('%.3f', now + 1000 * seconds - 200))
  return { 'fast', tostring(wait) }
end

if is_blocked == '1' then return { 'blocked' } end

local inbox, connected, is_reachable, has_socket = inbox_of(recipient), nil, false, false
if inbox then
  connected = sockets(recipient)
  has_socket = next(connected) ~= nil
  for _, window in ipairs(redis.call('HKEYS', key('windows', recipient))) do
    is_reachable = is_reachable or not is_lost(recipient, window, connected)
  end
end
if not is_reachable then return { 'nobody' } end
local mine = inbox_of(sender, epoch_own)
local why = has_whole_share(inbox, ARGV[19], OF_A_SENDER) and 'share' or is_full(inbox, 1) and 'full'
  or has_whole_share(mine, 'own', OF_THE_OWNER) and 'behind'
if why then
  save(inbox)
  if mine.count > 0 then save(mine) end
  return { why }
end

if is_original then
  if known[1] then redis.call('DEL', note) end
  redis.call('HSET', note, 'digest', digest, 'posted_at', posted_at, 'expires', now + 2 * stay, 'recipient', recipient,
    'number', inbox.newest + 1)
  redis.call('PEXPIRE', note, 2 * stay)
  redis.call('ZADD', key('accepted-of', sender), now + 2 * stay, tag)
  redis.call('PEXPIRE', key('accepted-of', sender), 2 * stay)
end
local theirs, own = { unpack(ARGV, 15, 21) }, { unpack(ARGV, 22, 28) }
append(inbox, theirs)
save(inbox)
append(mine, own)
save(mine)
return { 'new', has_socket and 0 or 1 }
