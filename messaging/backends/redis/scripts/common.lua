-- The common first part of all scripts: time, keys, inboxes and their entries. Redis runs one script at a time.
--
-- A person's inbox is a hash (epoch, newest, confirmed, size, and the time until which it is kept) and a list of entries. The
-- last entry has the number `newest`, so removed entries need not be counted. An entry is a line of text:
--   expires|size|kind|tag|conversation|share|clearing|encrypted
-- The kind is "i" for an incoming message, "e" for an edit or reaction, "o" for the owner's copy of what they sent, "x" for an
-- emptied entry and "-" for anything else. The tag identifies the message. The share is "own" if the owner caused the entry,
-- or else identifies the person who did. An inbox also counts the entries and bytes of each share. Tag, conversation and share
-- are hashed with the mailbox's key. `encrypted` is the draft, encrypted with it, so that Redis never holds plain text.

local prefix, stay = ARGV[1], tonumber(ARGV[3])
local max_entries, max_size = tonumber(ARGV[4]), tonumber(ARGV[5])
local OF_A_SENDER, OF_THE_OWNER = 4, 2 -- the same as in messaging.domain.mailbox_limits
local LEFT_OUT = '!' -- stored instead of an encrypted draft where notes were left out
local clock = redis.call('TIME')
local real = tonumber(clock[1]) * 1000 + math.floor(tonumber(clock[2]) / 1000)
local now = tonumber(ARGV[2]) or real -- ARGV[2] is the time of a test, or empty
local KEEP = math.max(600000, 4 * stay) -- ms after which keys expire if all processes have died

local function key(kind, name) return prefix .. kind .. ':' .. name end

-- Returns the prefix of all epochs of this Redis, so that a page can be told whether data was lost.
local function origin(fresh)
  if fresh then redis.call('SET', prefix .. 'birth', fresh:sub(1, 8), 'NX') end
  redis.call('PEXPIRE', prefix .. 'birth', math.max(86400000, KEEP))
  return redis.call('GET', prefix .. 'birth')
end

local function inbox_of(person, epoch)
  local found = redis.call('HMGET', key('box', person), 'epoch', 'newest', 'confirmed', 'size', 'kept', 'entries:own',
    'bytes:own')
  if not (found[1] or epoch) then return nil end
  local inbox = { person = person, epoch = found[1] or origin(epoch) .. epoch, newest = tonumber(found[2] or 0),
    confirmed = tonumber(found[3] or 0), size = tonumber(found[4] or 0), kept = tonumber(found[5] or 0) }
  inbox.shares = { own = { entries = tonumber(found[6] or 0), size = tonumber(found[7] or 0), is_kept = found[6] } }
  inbox.count = redis.call('LLEN', key('run', person))
  if inbox.count == 0 and inbox.size > 0 then -- its entries have expired
    inbox.size, inbox.shares.own = 0, { entries = 0, size = 0 }
    for _, field in ipairs(redis.call('HKEYS', key('box', person))) do
      if field:match('^entries:') or field:match('^bytes:') then redis.call('HDEL', key('box', person), field) end
    end
  end
  return inbox
end

local function share(inbox, name)
  if not inbox.shares[name] then
    local found = redis.call('HMGET', key('box', inbox.person), 'entries:' .. name, 'bytes:' .. name)
    inbox.shares[name] = { entries = tonumber(found[1] or 0), size = tonumber(found[2] or 0), is_kept = found[1] }
  end
  return inbox.shares[name]
end

-- Counts an entry that was added (1) or removed (-1).
local function tally(inbox, entry, sign)
  inbox.size = inbox.size + sign * entry.size
  if entry.kind == 'x' then return end
  local of = share(inbox, entry.share)
  of.entries, of.size = of.entries + sign, of.size + sign * entry.size
end

local function renew(person)
  for _, kind in ipairs({ 'box', 'windows', 'sockets', 'away' }) do redis.call('PEXPIRE', key(kind, person), KEEP) end
end

-- Saves an inbox. Also notifies the owner's windows if something was appended.
local function save(inbox)
  -- Renewing four keys for every message would be slow.
  local is_to_renew = inbox.kept - real < KEEP / 2
  if is_to_renew then inbox.kept = real + KEEP end
  local fields = { 'epoch', inbox.epoch, 'newest', inbox.newest, 'confirmed', inbox.confirmed, 'size', inbox.size,
    'kept', string.format('%.0f', inbox.kept) }
  for name, of in pairs(inbox.shares) do
    if of.entries > 0 then
      for _, word in ipairs({ 'entries:' .. name, of.entries, 'bytes:' .. name, of.size }) do
        fields[#fields + 1] = word
      end
      of.is_kept = true
    elseif of.is_kept then
      redis.call('HDEL', key('box', inbox.person), 'entries:' .. name, 'bytes:' .. name)
      of.is_kept = false
    end
  end
  redis.call('HSET', key('box', inbox.person), unpack(fields))
  if is_to_renew then renew(inbox.person) end
  if inbox.has_news then redis.call('PUBLISH', prefix .. 'group:user.' .. inbox.person, '{"type": "mail.waiting"}') end
end

-- Makes a sweep check this person at that time or earlier.
local function due(person, at)
  if redis.call('ZADD', prefix .. 'due', 'LT', at, person) == 1 then redis.call('PEXPIRE', prefix .. 'due', KEEP) end
end

local function forgotten(inbox) return inbox.newest - inbox.count end

local function read(line)
  local expires, size, kind, tag, conversation, part, clearing, encrypted =
    line:match('^(%d+)|(%d+)|(.)|([^|]*)|([^|]*)|([^|]*)|([^|]*)|(.*)$')
  return { expires = tonumber(expires), size = tonumber(size), kind = kind, tag = tag, conversation = conversation,
    share = part, clearing = clearing, encrypted = encrypted }
end

local function written(entry)
  return string.format('%.0f|%d|%s|%s|%s|%s|%s|', entry.expires, entry.size, entry.kind, entry.tag, entry.conversation,
    entry.share, entry.clearing) .. entry.encrypted
end

local function is_incoming(entry) return entry.kind == 'i' or entry.kind == 'e' end

-- Records the state of a message, in case its page sends it again. That of an edit says nothing about the message itself.
local function note_outcome(entry, outcome)
  local note = key('accepted', entry.tag)
  if entry.kind == 'i' and redis.call('EXISTS', note) == 1 then redis.call('HSET', note, outcome, 1) end
end

local function forget_first(inbox)
  tally(inbox, read(redis.call('LPOP', key('run', inbox.person))), -1)
  inbox.count = inbox.count - 1
end

-- Makes room by removing entries that any window has shown. Returns whether that failed.
local function remains(inbox, is_over)
  while is_over() do
    if inbox.count == 0 or forgotten(inbox) >= inbox.confirmed then return true end
    forget_first(inbox)
  end
  return false
end

local function is_full(inbox, times)
  return remains(inbox, function() return inbox.count >= times * max_entries or inbox.size >= times * max_size end)
end

local function has_whole_share(inbox, name, parts)
  local of = share(inbox, name)
  return remains(inbox, function()
    return of.entries > 0 and (of.entries >= math.floor(max_entries / parts) or of.size >= math.floor(max_size / parts))
  end)
end

-- Removes entries that all windows have shown. `cursors` has the cursors of these windows.
local function forget_shown(inbox, cursors)
  local everywhere = inbox.confirmed
  for _, cursor in ipairs(cursors) do everywhere = math.min(everywhere, tonumber(cursor)) end
  local count = math.min(inbox.count, everywhere - forgotten(inbox))
  if count <= 0 then return end
  for _, line in ipairs(redis.call('LPOP', key('run', inbox.person), count)) do
    local size, kind, part = line:match('^%d+|(%d+)|(.)|[^|]*|[^|]*|([^|]*)|')
    tally(inbox, { size = tonumber(size), kind = kind, share = part }, -1)
    inbox.count = inbox.count - 1
  end
end

-- Reads the arguments from this place on. Returns the drafts, and the epoch for missing inboxes.
local function read_drafts(place)
  local drafts = {}
  for at = place + 1, #ARGV, 8 do
    drafts[#drafts + 1] = { owner = ARGV[at], size = tonumber(ARGV[at + 1]), kind = ARGV[at + 2], tag = ARGV[at + 3],
      conversation = ARGV[at + 4], share = ARGV[at + 5], clearing = ARGV[at + 6], encrypted = ARGV[at + 7] }
  end
  return drafts, ARGV[place]
end

local function append(inbox, entry)
  is_full(inbox, 1)
  entry.expires = now + stay
  redis.call('RPUSH', key('run', inbox.person), written(entry))
  inbox.has_news = true
  redis.call('PEXPIRE', key('run', inbox.person), 2 * stay)
  due(inbox.person, entry.expires)
  inbox.newest, inbox.count = inbox.newest + 1, inbox.count + 1
  tally(inbox, entry, 1)
end

-- Appends a note, which is a draft that is not a message. A note that the owner caused can neither be refused nor remove other
-- entries. A note that another person caused is left out if no window could show it.
local function append_note(inbox, draft)
  local is_own = draft.share == 'own'
  if not is_own and redis.call('EXISTS', key('windows', inbox.person)) == 0 then return due(inbox.person, now) end
  if not (is_own and has_whole_share(inbox, 'own', OF_THE_OWNER)) then return append(inbox, draft) end
  if read(redis.call('LINDEX', key('run', inbox.person), -1)).encrypted ~= LEFT_OUT then
    append(inbox, { size = #'notes_left_out', kind = '-', tag = '', conversation = '', share = 'own', clearing = '',
      encrypted = LEFT_OUT })
  end
end

-- Returns the reason for refusing a draft that is not a message, if any. A draft that replaces a waiting message is accepted.
local function refusal(inbox, draft, replaces)
  local before, why = inbox.count, nil
  if replaces then
    for _, line in ipairs(redis.call('LRANGE', key('run', inbox.person), 0, -1)) do
      if replaces(read(line)) then return nil end
    end
  end
  if draft.share == 'own' then
    why = has_whole_share(inbox, 'own', OF_THE_OWNER) and 'behind'
  else
    why = has_whole_share(inbox, draft.share, OF_A_SENDER) and 'share' or is_full(inbox, 2) and 'full'
  end
  if inbox.count ~= before then save(inbox) end
  return why
end

-- Empties the entries of these messages. They keep their numbers, so that there is no gap.
local function withdraw(inbox, is_meant)
  for place, line in ipairs(redis.call('LRANGE', key('run', inbox.person), 0, -1)) do
    local entry = read(line)
    if entry.kind ~= '-' and is_meant(entry) then
      tally(inbox, entry, -1)
      entry.size, entry.kind, entry.tag, entry.conversation, entry.share, entry.encrypted = 0, 'x', '', '', '', ''
      redis.call('LSET', key('run', inbox.person), place - 1, written(entry))
    end
  end
end

local function forget_clearing(id)
  redis.call('SREM', prefix .. 'clearings', id)
  for _, owner in ipairs(redis.call('HKEYS', key('clearing-numbers', id))) do
    redis.call('DEL', key('clearing-windows', id .. ':' .. owner))
  end
  redis.call('DEL', key('clearing', id), key('clearing-numbers', id), key('clearing-done', id))
end

-- Stops reporting the clearings of this conversation.
local function drop_clearings(conversation)
  for _, id in ipairs(redis.call('SMEMBERS', prefix .. 'clearings')) do
    local about = redis.call('GET', key('clearing', id))
    if about and about:match('^%d+ (%S+)') == conversation then forget_clearing(id) end
  end
end

-- Returns how many sockets each window of a person has in live processes.
local function sockets(person)
  local found, alive = {}, {}
  local all = redis.call('HGETALL', key('sockets', person))
  for place = 1, #all, 2 do
    local process, window = all[place]:match('^(%S+) (.+)$')
    if alive[process] == nil then
      alive[process] = tonumber(redis.call('ZSCORE', prefix .. 'processes', process) or 0) > real
    end
    if alive[process] then found[window] = (found[window] or 0) + tonumber(all[place + 1]) end
  end
  return found
end

local function is_lost(person, window, connected)
  if connected[window] then return false end
  local since = redis.call('HGET', key('away', person), window)
  return since and now - tonumber(since) >= stay
end

-- Returns the numbers of a clearing's windows that have cleared, are open, are away, or were away for too long.
local function progress(id)
  local counts = { 0, 0, 0, 0 }
  local owners = redis.call('HGETALL', key('clearing-numbers', id))
  for place = 1, #owners, 2 do
    local owner, number = owners[place], tonumber(owners[place + 1])
    local connected, inbox = sockets(owner), inbox_of(owner)
    local is_forgotten = not inbox or forgotten(inbox) >= number
    for _, window in ipairs(redis.call('SMEMBERS', key('clearing-windows', id .. ':' .. owner))) do
      local cursor = redis.call('HGET', key('windows', owner), window)
      local stage
      if redis.call('SISMEMBER', key('clearing-done', id), window) == 1 then stage = 1
      elseif not cursor or is_forgotten or tonumber(cursor) >= number then stage = 4
      elseif connected[window] then stage = 2
      else stage = 3 end
      counts[stage] = counts[stage] + 1
    end
  end
  return counts
end
