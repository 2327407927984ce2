-- Appends a message to the inboxes of all participants, or refuses it. Returns the outcome and its details. Copies for people
-- without a window are left out. Edits and reactions have the tag of their message, and are always new.
local sender, tag, conversation, digest, posted_at, burst, each, is_original, is_blocked = unpack(ARGV, 6, 14)
local copies, epoch = read_drafts(15)
local note = key('accepted', tag)
is_original = is_original == '1'
local known = redis.call('HMGET', note, 'digest', 'posted_at', 'withdrawn', 'delivered', 'expired', 'expires')
local is_current = known[1] and tonumber(known[6] or 0) > now
if is_current then
  if known[3] then return { 'withdrawn' } end
  if is_original and known[1] ~= digest then return { 'another' } end
  if is_original and not known[5] then return { 'known', known[2], known[4] and 1 or 0 } end
end

local wait = pass(key('pace', 'messages:' .. sender), tonumber(burst), tonumber(each), 1)
if wait > 0 then
  -- A page retries after whole seconds. Its later messages must not overtake the retry.
  local seconds = math.ceil(wait / 1000)
  redis.call('HSET', key('pace', 'messages:' .. sender), 'refused_until', string.format('%.3f', now + 1000 * seconds - 200))
  return { 'fast', tostring(wait) }
end

if is_blocked == '1' then return { 'blocked' } end

local received, has_socket = {}, false
for _, copy in ipairs(copies) do
  local inbox = copy.owner ~= sender and inbox_of(copy.owner)
  if inbox then
    local connected, is_reachable = sockets(copy.owner), false
    for _, window in ipairs(redis.call('HKEYS', key('windows', copy.owner))) do
      is_reachable = is_reachable or not is_lost(copy.owner, window, connected)
    end
    if is_reachable then
      received[#received + 1] = { copy = copy, inbox = inbox }
      has_socket = has_socket or next(connected) ~= nil
    end
  end
end
if #received == 0 then return { 'nobody' } end
local mine, why = inbox_of(sender, epoch), nil
for _, by in ipairs(received) do
  why = why or has_whole_share(by.inbox, by.copy.share, OF_A_SENDER) and 'share' or is_full(by.inbox, 1) and 'full'
end
why = why or has_whole_share(mine, 'own', OF_THE_OWNER) and 'behind'
if why then
  for _, by in ipairs(received) do save(by.inbox) end
  if mine.count > 0 then save(mine) end
  return { why }
end

local places = {} -- where the message waits, as owner and number
for _, by in ipairs(received) do
  append(by.inbox, by.copy)
  save(by.inbox)
  places[#places + 1] = by.copy.owner .. ' ' .. by.inbox.newest
end
for _, copy in ipairs(copies) do
  if copy.owner == sender then append(mine, copy) end
end
save(mine)
if is_original then
  if known[1] then redis.call('DEL', note) end
  redis.call('HSET', note, 'digest', digest, 'posted_at', posted_at, 'expires', now + 2 * stay, 'conversation', conversation,
    'places', table.concat(places, ' '))
  redis.call('PEXPIRE', note, 2 * stay)
  redis.call('ZADD', key('accepted-of', sender), now + 2 * stay, tag)
  redis.call('PEXPIRE', key('accepted-of', sender), 2 * stay)
end
return { 'new', has_socket and 0 or 1 }
